package io.perfkit.cache;

import io.perfkit.cache.TransactionHistory.Row.State;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Several nodes on one PostgreSQL and one Redis, whose threads read, change, invalidate, put, nest and roll back at
 * random. Every value that is ever written has an identity, so each read can be judged when it returns:
 *
 * <ul>
 *   <li>a value of another transaction was committed, or its commit had begun
 *   <li>a value of a transaction, or of a part of one, that was rolled back is read by nobody
 *   <li>a transaction reads what it wrote last
 *   <li>no value is older than what had been committed, acknowledged and applied on the reader's node before the read
 *       began; except in a transaction that sees a snapshot, where the cache may be as old as that
 * </ul>
 *
 * <p>The lock that PostgreSQL holds on an updated row until the commit makes the versions of a row one order.
 */
final class TransactionHistory {

    static final int KEYS = 5;
    /** The values of the first keys always have a tag: they are never put, nor loaded in bulk. */
    static final int TAGGED = 2;

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

    /** One node: a cache and the versions that its reads must not fall behind. */
    private record Node(CacheRegion<String> region, JdbcTransactions transactions, AtomicLongArray floors) {}

    private final DataSource dataSource;
    private final long seed;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<Long, Row> rows = new ConcurrentHashMap<>();
    private final AtomicLong tokens = new AtomicLong();
    private final ConcurrentLinkedDeque<Connection> idle = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedQueue<Connection> all = new ConcurrentLinkedQueue<>();
    final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    final AtomicLong reads = new AtomicLong();
    final AtomicLong commits = new AtomicLong();
    final AtomicLong rollbacks = new AtomicLong();

    TransactionHistory(DataSource dataSource, long seed) {
        this.dataSource = dataSource;
        this.seed = seed;
    }

    Connection borrow() {
        Connection connection = idle.poll();
        if (connection != null) {
            return connection;
        }
        try {
            Connection opened = dataSource.getConnection();
            all.add(opened);
            try (PreparedStatement set = opened.prepareStatement("set lock_timeout = '60ms'")) {
                set.execute();
            }
            return opened;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    void prepare() throws SQLException {
        Connection connection = borrow();
        connection.createStatement().execute("drop table if exists place");
        connection.createStatement().execute("create table place (id int primary key, version bigint, token bigint)");
        for (int id = 0; id < KEYS; id++) {
            long token = tokens.incrementAndGet();
            Row row = new Row(id, 0, this);
            row.state = State.COMMITTED;
            rows.put(token, row);
            connection.createStatement().execute("insert into place values (" + id + ", 0, " + token + ")");
        }
        idle.push(connection);
    }

    JdbcTransactions transactions() {
        return new JdbcTransactions(this::borrow);
    }

    void add(CacheRegion<String> region, JdbcTransactions transactions) {
        nodes.add(new Node(region, transactions, new AtomicLongArray(KEYS)));
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
        // Whatever is cached now is what the database has.
        for (Node node : nodes) {
            for (int id = 0; id < KEYS; id++) {
                String database = load(null, "k" + id);
                String cached = node.region.getOrSet("k" + id, (key, context) -> {
                    context.tags("t" + key.substring(1));
                    return load(null, key);
                });
                if (!cached.equals(database)) {
                    violations.add("at the end k" + id + " is " + database + " and cached as " + cached);
                }
            }
        }
        for (Connection connection : all) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private String load(@Nullable Connection transaction, String key) {
        Connection connection = transaction == null ? borrow() : transaction;
        try {
            if (transaction == null) {
                connection.setAutoCommit(true);
            }
            try (PreparedStatement select =
                    connection.prepareStatement("select version, token from place where id = " + key.substring(1))) {
                ResultSet result = select.executeQuery();
                result.next();
                return result.getLong(1) + ":" + result.getLong(2);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        } finally {
            if (transaction == null) {
                idle.push(connection);
            }
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

        /** What the thread's transaction has done so far. */
        private final class Tx {
            final boolean snapshot;
            final List<Row> written = new ArrayList<>();
            final Map<Integer, String> own = new HashMap<>();
            final List<Acknowledgement> issued = new ArrayList<>();

            Tx(boolean snapshot) {
                this.snapshot = snapshot;
            }
        }

        private void transaction(int depth) {
            Tx tx = new Tx(random.nextInt(4) == 0);
            JdbcTransactions.Held held = node.transactions.begin(random.nextInt(12) == 0, tx.snapshot);
            boolean commit = random.nextInt(10) < 7;
            try {
                if (held.isReadOnly()) {
                    read(tx, random.nextInt(KEYS));
                } else {
                    steps(tx, depth, true);
                }
            } catch (IllegalStateException e) {
                if (!(e.getCause() instanceof SQLException)) {
                    throw e;
                }
                // A lock that was not to be had, or a snapshot that is too old.
                commit = false;
            }
            tx.written.stream().filter(row -> row.state == State.WRITTEN).forEach(row -> row.state = State.COMMITTING);
            Connection connection = node.transactions.connection();
            try {
                if (commit) {
                    node.transactions.commit();
                    commits.incrementAndGet();
                } else {
                    tx.written.forEach(row -> row.state = State.ROLLED_BACK);
                    node.transactions.rollback();
                    rollbacks.incrementAndGet();
                }
            } finally {
                idle.push(connection);
            }
            if (commit) {
                committed(tx);
            }
        }

        private void committed(Tx tx) {
            List<Row> kept = tx.written.stream()
                    .filter(row -> row.state == State.COMMITTING)
                    .toList();
            kept.forEach(row -> row.state = State.COMMITTED);
            // On this node it holds when the commit has returned.
            raise(node, kept);
            long epoch = 0;
            for (Acknowledgement each : tx.issued) {
                if (!each.await(Duration.ofSeconds(20))) {
                    violations.add("not acknowledged in 20 s");
                    return;
                }
                epoch = Math.max(epoch, each.epoch().join());
            }
            for (Node other : nodes) {
                if (other != node) {
                    awaitApplied(other, epoch);
                    raise(other, kept);
                }
            }
        }

        private void raise(Node which, List<Row> kept) {
            kept.forEach(row -> which.floors.accumulateAndGet(row.id, row.version, Math::max));
        }

        private void awaitApplied(Node other, long epoch) {
            long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (true) {
                LogPosition.Position position = other.region.shared().position();
                if (position != null && position.epoch() >= epoch) {
                    return;
                }
                if (System.nanoTime() > limit) {
                    violations.add("not applied elsewhere in 20 s");
                    return;
                }
                Thread.yield();
            }
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
                            savepoint(tx, depth);
                        }
                    }
                    case 6 -> tx.issued.add(invalidate(id));
                    default -> read(tx, id);
                }
            }
        }

        private void savepoint(Tx tx, int depth) {
            int before = tx.written.size();
            Map<Integer, String> own = new HashMap<>(tx.own);
            Savepoint savepoint = node.transactions.savepoint();
            steps(tx, depth, false);
            if (random.nextBoolean()) {
                List<Row> undone = tx.written.subList(before, tx.written.size());
                undone.forEach(row -> row.state = State.ROLLED_BACK);
                node.transactions.rollbackTo(savepoint);
                tx.own.clear();
                tx.own.putAll(own);
            }
        }

        private void write(Tx tx, int id) {
            long token = tokens.incrementAndGet();
            long version;
            try (PreparedStatement update = node.transactions
                    .connection()
                    .prepareStatement("update place set version = version + 1, token = " + token + " where id = " + id
                            + " returning version")) {
                ResultSet result = update.executeQuery();
                result.next();
                version = result.getLong(1);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
            Row row = new Row(id, version, tx);
            // Nobody has seen the token before: the row is not committed.
            rows.put(token, row);
            tx.written.add(row);
            String value = version + ":" + token;
            if (random.nextInt(3) == 0) {
                // Its own change, not yet told: the row or what was committed.
                tx.own.remove(id);
                read(tx, id);
            }
            tx.issued.add(id >= TAGGED && random.nextInt(3) == 0 ? node.region.put("k" + id, value) : invalidate(id));
            tx.own.put(id, value);
            if (random.nextBoolean()) {
                read(tx, id);
            }
        }

        private Acknowledgement invalidate(int id) {
            return switch (random.nextInt(6)) {
                case 0 -> node.region.invalidatePattern("?" + id);
                case 1, 2 -> id < TAGGED ? node.region.invalidateTag("t" + id) : node.region.invalidate("k" + id);
                case 3 -> random.nextInt(4) == 0 ? node.region.clear() : node.region.invalidateAll(List.of("k" + id));
                default -> node.region.invalidate("k" + id);
            };
        }

        private void read(@Nullable Tx tx, int id) {
            String key = "k" + id;
            long floor = node.floors.get(id);
            Connection mine = node.transactions.connection();
            Thread caller = Thread.currentThread();
            String value = switch (random.nextInt(id < TAGGED ? 5 : 6)) {
                case 0 -> node.region.getIfPresent(key);
                case 5 ->
                    node.region
                            .getOrSetAll(List.of(key), keys -> {
                                Map<String, String> loaded = new HashMap<>();
                                keys.forEach(each -> loaded.put(each, load(mine, each)));
                                return loaded;
                            })
                            .get(key);
                case 2 ->
                    node.region
                            .getOrSetAsync(key, (k, context) -> {
                                context.tags("t" + id);
                                return CompletableFuture.completedFuture(
                                        load(Thread.currentThread() == caller ? mine : null, k));
                            })
                            .join();
                default ->
                    node.region.getOrSet(key, (k, context) -> {
                        context.tags("t" + id);
                        return load(mine, k);
                    });
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
                violations.add(where + ", after version " + floor + " was committed and acknowledged");
            }
        }
    }
}
