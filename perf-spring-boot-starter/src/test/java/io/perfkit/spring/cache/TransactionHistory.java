package io.perfkit.spring.cache;

import io.perfkit.cache.CacheRegion;
import io.perfkit.spring.cache.TransactionHistory.Row.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Threads of several nodes that read, change, nest and roll back at random, in transactions of Spring. Every value that is
 * ever written has an identity, so that each read can be judged when it returns:
 *
 * <ul>
 *   <li>a value of another transaction was committed, or its commit had begun
 *   <li>a value of a transaction, or of a part of one, that was rolled back is read by nobody
 *   <li>a transaction reads what it wrote last
 *   <li>no value is older than what a transaction of the reader's node had committed before the read began; except in a
 *       transaction that sees a snapshot
 * </ul>
 *
 * <p>The lock that the database holds on an updated row until the commit makes the versions of a row one order.
 */
final class TransactionHistory {

    static final int KEYS = 5;

    /** A version of a row. */
    static final class Row {

        enum State {
            WRITTEN,
            COMMITTING,
            COMMITTED,
            ROLLED_BACK
        }

        final int id;
        final long version;
        final Object owner;
        volatile State state = State.WRITTEN;

        Row(int id, long version, Object owner) {
            this.id = id;
            this.version = version;
            this.owner = owner;
        }
    }

    /** One node, and the versions that its reads must not fall behind. */
    private record Node(
            CacheRegion<String> region,
            JdbcTemplate jdbc,
            PlatformTransactionManager transactions,
            AtomicLongArray floors) {}

    private final long seed;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Long, Row> rows = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    final Queue<String> violations = new ConcurrentLinkedQueue<>();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong commits = new AtomicLong();
    final AtomicLong rollbacks = new AtomicLong();

    TransactionHistory(long seed) {
        this.seed = seed;
    }

    void prepare(JdbcTemplate jdbc) {
        jdbc.execute("create table place (id int primary key, version bigint, token bigint)");
        for (int id = 0; id < KEYS; id++) {
            long token = tokens.incrementAndGet();
            Row row = new Row(id, 0, this);
            row.state = State.COMMITTED;
            rows.put(token, row);
            jdbc.update("insert into place values (?, 0, ?)", id, token);
        }
    }

    void add(CacheRegion<String> region, JdbcTemplate jdbc, PlatformTransactionManager transactions) {
        nodes.add(new Node(region, jdbc, transactions, new AtomicLongArray(KEYS)));
    }

    private boolean isEnough() {
        return reads.get() > 200 && commits.get() > 20 && rollbacks.get() > 20;
    }

    void run(Duration time, int threadsPerNode) throws InterruptedException {
        long start = System.nanoTime();
        // On a busy machine it takes longer to do anything worth judging.
        BooleanSupplier goesOn = () -> {
            long spent = System.nanoTime() - start;
            return violations.isEmpty()
                    && (spent < time.toNanos() || (!isEnough() && spent < TimeUnit.SECONDS.toNanos(30)));
        };
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < nodes.size() * threadsPerNode; i++) {
            Worker worker = new Worker(nodes.get(i % nodes.size()), new Random(seed * 1_000 + i));
            Thread thread = new Thread(() -> worker.run(goesOn), "worker-" + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(60));
            if (thread.isAlive()) {
                violations.add(thread.getName() + " hangs: " + List.of(thread.getStackTrace()));
            }
        }
    }

    /** For each node and key, what is cached and differs from the database. */
    List<String> differences() {
        List<String> differences = new ArrayList<>();
        for (Node node : nodes) {
            for (int id = 0; id < KEYS; id++) {
                int key = id;
                String database = load(node, id);
                String cached = node.region.getOrSet("k" + id, () -> load(node, key));
                if (!database.equals(cached)) {
                    differences.add("k" + id + " is " + database + " and cached as " + cached);
                }
            }
        }
        return differences;
    }

    /** On the connection of the thread's transaction, if it is in one. */
    private static String load(Node node, int id) {
        return node.jdbc.queryForObject(
                "select version, token from place where id = ?",
                (result, row) -> result.getLong(1) + ":" + result.getLong(2),
                id);
    }

    /** What a transaction has done so far. */
    private static final class Tx {
        final boolean snapshot;
        final List<Row> written = new ArrayList<>();
        final Map<Integer, String> own = new HashMap<>();

        Tx(boolean snapshot) {
            this.snapshot = snapshot;
        }

        void become(State from, State to) {
            written.stream().filter(row -> row.state == from).forEach(row -> row.state = to);
        }
    }

    /** One thread of a node. */
    private final class Worker {

        private final Node node;
        private final Random random;

        Worker(Node node, Random random) {
            this.node = node;
            this.random = random;
        }

        void run(BooleanSupplier goesOn) {
            try {
                while (goesOn.getAsBoolean()) {
                    if (random.nextInt(3) > 0) {
                        read(null, random.nextInt(KEYS));
                    } else {
                        transaction(0);
                    }
                }
            } catch (Throwable t) {
                violations.add("seed " + seed + ": " + t + " " + List.of(t.getStackTrace()));
            }
        }

        private TransactionTemplate template(int propagation) {
            TransactionTemplate template = new TransactionTemplate(node.transactions);
            template.setPropagationBehavior(propagation);
            return template;
        }

        private void transaction(int depth) {
            Tx tx = new Tx(random.nextInt(4) == 0);
            TransactionTemplate template = template(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
            template.setReadOnly(random.nextInt(12) == 0);
            if (tx.snapshot) {
                template.setIsolationLevel(TransactionDefinition.ISOLATION_REPEATABLE_READ);
            }
            boolean commit = random.nextInt(10) < 7;
            try {
                template.executeWithoutResult(status -> {
                    if (template.isReadOnly()) {
                        read(tx, random.nextInt(KEYS));
                    } else {
                        steps(tx, depth, true);
                    }
                    if (commit) {
                        tx.become(State.WRITTEN, State.COMMITTING);
                        if (random.nextBoolean()) {
                            dawdle();
                        }
                    } else {
                        tx.become(State.WRITTEN, State.ROLLED_BACK);
                        status.setRollbackOnly();
                    }
                });
            } catch (RuntimeException e) {
                if (!(NestedExceptionUtils.getMostSpecificCause(e) instanceof java.sql.SQLException)) {
                    throw e;
                }
                // A lock that was not to be had, or a snapshot that is too old.
                tx.written.forEach(row -> row.state = State.ROLLED_BACK);
                rollbacks.incrementAndGet();
                return;
            }
            (commit ? commits : rollbacks).incrementAndGet();
            tx.written.stream().filter(row -> row.state == State.COMMITTING).forEach(row -> {
                row.state = State.COMMITTED;
                node.floors.accumulateAndGet(row.id, row.version, Math::max);
            });
        }

        /** As others do that follow the transaction: what the cache does too early has time to be seen. */
        private void dawdle() {
            long nanos = random.nextInt(2_000_000);
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void beforeCommit(boolean readOnly) {
                    LockSupport.parkNanos(nanos);
                }
            });
        }

        private void steps(Tx tx, int depth, boolean outer) {
            int steps = 1 + random.nextInt(5);
            for (int i = 0; i < steps; i++) {
                int id = random.nextInt(KEYS);
                switch (random.nextInt(10)) {
                    case 0, 1, 2 -> write(tx, id);
                    case 3 -> {
                        if (depth == 0) {
                            transaction(1);
                        }
                    }
                    case 4, 5 -> {
                        if (outer) {
                            nested(tx, depth);
                        }
                    }
                    case 6 -> invalidate(id);
                    default -> read(tx, id);
                }
            }
        }

        private void nested(Tx tx, int depth) {
            int before = tx.written.size();
            Map<Integer, String> own = new HashMap<>(tx.own);
            boolean undone = random.nextBoolean();
            template(TransactionDefinition.PROPAGATION_NESTED).executeWithoutResult(status -> {
                steps(tx, depth, false);
                if (undone) {
                    tx.written.subList(before, tx.written.size()).forEach(row -> row.state = State.ROLLED_BACK);
                    status.setRollbackOnly();
                }
            });
            if (undone) {
                tx.own.clear();
                tx.own.putAll(own);
            }
        }

        private void write(Tx tx, int id) {
            long token = tokens.incrementAndGet();
            Long version = node.jdbc.queryForObject(
                    "update place set version = version + 1, token = ? where id = ? returning version",
                    Long.class,
                    token,
                    id);
            Row row = new Row(id, version == null ? -1 : version, tx);
            // Nobody has seen the token before: the row is not committed.
            rows.put(token, row);
            tx.written.add(row);
            String value = row.version + ":" + token;
            if (random.nextInt(3) == 0) {
                // Its own change, not yet told: the row or what was committed.
                tx.own.remove(id);
                read(tx, id);
            }
            if (random.nextInt(3) == 0) {
                node.region.put("k" + id, value);
            } else {
                invalidate(id);
            }
            tx.own.put(id, value);
            if (random.nextBoolean()) {
                read(tx, id);
            }
        }

        private void invalidate(int id) {
            switch (random.nextInt(4)) {
                case 0 -> node.region.invalidatePattern("?" + id);
                case 1 -> node.region.invalidateAll(List.of("k" + id));
                default -> node.region.invalidate("k" + id);
            }
        }

        private void read(@Nullable Tx tx, int id) {
            String key = "k" + id;
            long floor = node.floors.get(id);
            String value = switch (random.nextInt(5)) {
                case 0 -> node.region.getIfPresent(key);
                case 1 ->
                    node.region
                            .getOrSetAll(List.of(key), keys -> Map.of(key, load(node, id)))
                            .get(key);
                case 2 ->
                    node.region
                            .getOrSetAsync(key, k -> CompletableFuture.completedFuture(load(node, id)))
                            .join();
                default -> node.region.getOrSet(key, () -> load(node, id));
            };
            reads.incrementAndGet();
            if (value != null) {
                judge(tx, id, value, floor);
            }
        }

        private void judge(@Nullable Tx tx, int id, String value, long floor) {
            Row row = rows.get(Long.parseLong(value.substring(value.indexOf(':') + 1)));
            String where = "seed " + seed + ": k" + id + " = " + value + " read "
                    + (tx == null ? "outside" : tx.snapshot ? "in a snapshot" : "in a transaction");
            if (row == null) {
                violations.add(where + ", before it was committed");
                return;
            }
            State state = row.state;
            boolean own = tx != null && row.owner == tx;
            if (state == State.ROLLED_BACK || (state == State.WRITTEN && !own)) {
                violations.add(where + ", of another transaction, which is " + state);
            }
            String expected = tx == null ? null : tx.own.get(id);
            if (expected != null && !expected.equals(value)) {
                violations.add(where + ", and wrote " + expected + " itself");
            }
            if (row.version < floor && (tx == null || !tx.snapshot)) {
                violations.add(where + ", after version " + floor + " was committed");
            }
        }
    }
}
