package io.perfkit.examples.plain;

import io.perfkit.batching.Batcher;
import io.perfkit.batching.Batching;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** The N+1 loop as one call, and calls from anywhere that share a bulk call. */
public final class BatchingExample {
    private static final AtomicInteger QUERIES = new AtomicInteger();

    private BatchingExample() {}

    record Sale(long id, long userId) {}

    record User(long id, String name) {}

    record Row(Sale sale, User buyer) {}

    /** Stands for {@code select … where id in (…)}. */
    private static Map<Long, User> findAllById(Set<Long> ids) {
        QUERIES.incrementAndGet();
        return ids.stream()
                .map(id -> new User(id, "user " + id))
                .collect(Collectors.toMap(User::id, Function.identity()));
    }

    public static void main(String[] args) {
        List<Sale> sales =
                LongStream.range(0, 1_000).mapToObj(i -> new Sale(i, i % 100)).toList();

        try (Batcher<Long, User> users = Batcher.of("users", BatchingExample::findAllById)) {
            List<Row> rows = Batching.enrich(sales, Sale::userId, users, Row::new);
            check("1,000 sales with their buyers, " + QUERIES + " query", rows.size() == 1_000 && QUERIES.get() == 1);

            List<CompletableFuture<User>> loads =
                    LongStream.range(0, 50).mapToObj(users::load).toList();
            boolean own = loads.stream()
                    .map(CompletableFuture::join)
                    .map(User::id)
                    .toList()
                    .equals(LongStream.range(0, 50).boxed().toList());
            check("50 single calls, each with its own user", own);
        }
    }

    private static void check(String what, boolean holds) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
        System.out.println("perf-batching: " + what);
    }
}
