package io.perfkit.batching.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.resilience4j.retry.RetryConfig;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.Batching;
import io.perfkit.batching.Missing;
import io.perfkit.batching.Overflow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The code of docs/batching.md, compiled and run. */
class BatchingPageTest {
    record User(long id, String name) {}

    record Tx(long id, long userId) {}

    record Enriched(Tx tx, User user) {}

    private interface Transactions {
        boolean isActive();
    }

    private static final class Repository {
        private final Runnable asked;

        Repository(Runnable asked) {
            this.asked = asked;
        }

        Map<Long, User> findAllById(Set<Long> ids) {
            asked.run();
            return ids.stream().collect(Collectors.toMap(Function.identity(), id -> new User(id, "user " + id)));
        }
    }

    private final Repository repository = new Repository(() -> {});
    private final List<Tx> transactions = List.of(new Tx(1, 42), new Tx(2, 43), new Tx(3, 42));

    @Test
    void quickStart_runs() {
        Batcher<Long, User> users = Batcher.of("users", ids -> repository.findAllById(ids));
        List<Enriched> rows = Batching.enrich(transactions, Tx::userId, users, Enriched::new);
        assertThat(rows).extracting(row -> row.user().id()).containsExactly(42L, 43L, 42L);

        CompletableFuture<User> later = users.load(42L);
        User now = users.get(42L);
        Map<Long, User> some = users.getAll(List.of(1L, 2L, 3L));
        assertThat(later.join()).isEqualTo(now);
        assertThat(some).hasSize(3);
    }

    @Test
    void everySetting_builds() {
        Batcher<Long, User> users = Batcher.<Long, User>builder("users", ids -> repository.findAllById(ids))
                .maximumBatchSize(500)
                .window(Duration.ofMillis(2))
                .maximumConcurrentBatches(4)
                .maximumPending(10_000, Overflow.WAIT)
                .timeout(Duration.ofSeconds(2))
                .retry(RetryConfig.custom()
                        .maxAttempts(3)
                        .waitDuration(Duration.ofMillis(100))
                        .build())
                .whenMissing(Missing.FAIL)
                .build();
        assertThat(users.get(42L).name()).isEqualTo("user 42");
    }

    @Test
    void oneBadKey_failsAlone() {
        Batcher<Long, User> users = Batcher.<Long, User>builder("users", ids -> repository.findAllById(ids))
                .bisectFailures(true)
                .build();
        assertThat(users.get(42L).name()).isEqualTo("user 42");
    }

    @Test
    void inATransaction_callerRunsTheLoader() {
        List<Thread> ran = new ArrayList<>();
        Repository repository = new Repository(() -> ran.add(Thread.currentThread()));
        Transactions transactions = () -> true;
        Batcher<Long, User> users = Batcher.<Long, User>builder("users", ids -> repository.findAllById(ids))
                .callerRuns(() -> transactions.isActive())
                .build();
        assertThat(users.load(42L)).isCompleted();
        assertThat(ran).containsExactly(Thread.currentThread());
    }

    @Test
    void everyJavaBlockOfThePage_isInThisFile() throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        String page = Files.readString(folder.resolveSibling("docs").resolve("batching.md"));
        String source = unindented(
                Files.readString(folder.resolve("src/test/java/io/perfkit/batching/docs/BatchingPageTest.java")));
        Matcher block = Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL).matcher(page);
        String meters = unindented(
                Files.readString(folder.resolve("src/test/java/io/perfkit/batching/docs/HttpBatchingPageTest.java")));
        int blocks = 0;
        while (block.find()) {
            blocks++;
            assertThat(source + meters).contains(unindented(block.group(1)));
        }
        assertThat(blocks).isEqualTo(7);
    }

    private static String unindented(String text) {
        return Arrays.stream(text.split("\n")).map(String::strip).collect(Collectors.joining("\n"));
    }
}
