package io.perfkit.connections.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** A driver whose connections can be counted, broken and made to fail. Closing one takes effect once. */
final class FakeDatabase {
    final List<Physical> opened = new CopyOnWriteArrayList<>();
    final AtomicInteger open = new AtomicInteger();
    final AtomicInteger mostOpen = new AtomicInteger();
    final AtomicInteger validations = new AtomicInteger();
    volatile boolean refusing;

    /** If set, opening returns null. */
    volatile boolean openingNothing;

    /** What a new connection says by {@code isReadOnly}. */
    volatile boolean readOnlyServer;

    volatile boolean failingReset;
    volatile boolean failingValidation;

    /** If set, what executing a statement throws. */
    volatile SQLException failingStatements;

    /** What each method of a connection throws, by its name; {@code open} for the opening of one. */
    final Map<String, Throwable> failing = new ConcurrentHashMap<>();

    /** What each method of a connection waits for, by its name. */
    final Map<String, CountDownLatch> hanging = new ConcurrentHashMap<>();

    /** If set, opening a connection waits for it. */
    volatile CountDownLatch openGate;

    /** In seconds. */
    private volatile int loginTimeout;

    /** How many openings have come to the gate. */
    final AtomicInteger atTheGate = new AtomicInteger();

    DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                FakeDatabase.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, args) -> {
                    if (method.getName().equals("getConnection")) {
                        return openingNothing ? null : open();
                    }
                    // HikariCP sets it, and waits as long for what is being opened when it closes.
                    if (method.getName().equals("setLoginTimeout")) {
                        loginTimeout = (int) args[0];
                    }
                    return method.getReturnType() == int.class ? loginTimeout : null;
                });
    }

    private Connection open() throws Throwable {
        CountDownLatch gate = openGate;
        if (gate != null) {
            atTheGate.incrementAndGet();
            gate.await();
        }
        Throwable failure = failing.get("open");
        if (failure != null) {
            throw failure;
        }
        if (refusing) {
            throw new SQLException("connection refused", "08001");
        }
        Physical physical = new Physical();
        physical.settings.put("ReadOnly", readOnlyServer);
        opened.add(physical);
        mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
        return physical.proxy;
    }

    final class Physical implements InvocationHandler {
        final Connection proxy = (Connection)
                Proxy.newProxyInstance(FakeDatabase.class.getClassLoader(), new Class<?>[] {Connection.class}, this);
        final Map<String, Object> settings = new HashMap<>(Map.of(
                "AutoCommit",
                true,
                "ReadOnly",
                false,
                "TransactionIsolation",
                Connection.TRANSACTION_READ_COMMITTED,
                "Holdability",
                1,
                "NetworkTimeout",
                0,
                "Catalog",
                "main",
                "Schema",
                "public",
                "TypeMap",
                Map.of()));
        final AtomicInteger closes = new AtomicInteger();
        final AtomicInteger rollbacks = new AtomicInteger();
        final AtomicInteger openStatements = new AtomicInteger();
        volatile boolean closed;

        /** As when the server goes away. */
        void breakDown() {
            close();
        }

        private void close() {
            if (!closed) {
                closed = true;
                open.decrementAndGet();
            }
        }

        @Override
        public Object invoke(Object ignored, Method method, Object[] args) throws Throwable {
            String name = method.getName();
            CountDownLatch gate = hanging.get(name);
            if (gate != null) {
                gate.await();
            }
            Throwable failure = failing.get(name);
            if (failure != null) {
                throw failure;
            }
            switch (name) {
                case "close" -> {
                    closes.incrementAndGet();
                    close();
                    return null;
                }
                case "abort" -> {
                    close();
                    return null;
                }
                case "isClosed" -> {
                    return closed;
                }
                case "getMetaData" -> {
                    return Proxy.newProxyInstance(
                            FakeDatabase.class.getClassLoader(),
                            new Class<?>[] {DatabaseMetaData.class},
                            (p, m, a) -> m.getName().equals("getDatabaseProductName") ? "Fake" : null);
                }
                case "isValid" -> {
                    validations.incrementAndGet();
                    return !closed && !failingValidation;
                }
                case "rollback" -> {
                    rollbacks.incrementAndGet();
                    return null;
                }
                case "createStatement", "prepareStatement", "prepareCall" -> {
                    openStatements.incrementAndGet();
                    return statement(method.getReturnType());
                }
                case "clearWarnings" -> {
                    if (failingReset) {
                        throw new SQLException("reset failed");
                    }
                    return null;
                }
                case "toString" -> {
                    return "physical";
                }
                case "hashCode" -> {
                    return System.identityHashCode(this);
                }
                case "equals" -> {
                    return args[0] == proxy;
                }
                case "unwrap" -> {
                    throw new SQLException("not a wrapper");
                }
                default -> {
                    return setting(name, method, args);
                }
            }
        }

        private Object setting(String name, Method method, Object[] args) {
            if (name.startsWith("set") && args != null) {
                settings.put(name.substring(3), args[args.length - 1]);
            } else if (name.startsWith("get") && settings.containsKey(name.substring(3))) {
                return settings.get(name.substring(3));
            } else if (name.equals("isReadOnly")) {
                return settings.get("ReadOnly");
            }
            Class<?> type = method.getReturnType();
            return type == boolean.class ? (Object) false : type == int.class ? (Object) 0 : null;
        }

        private String statementCall(Method method) throws SQLException {
            SQLException failure = failingStatements;
            if (failure != null && method.getName().startsWith("execute")) {
                throw failure;
            }
            return method.getName();
        }

        private Object statement(Class<?> type) {
            boolean[] isClosed = new boolean[1];
            return Proxy.newProxyInstance(
                    FakeDatabase.class.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> switch (statementCall(m)) {
                        case "close" -> {
                            if (!isClosed[0]) {
                                isClosed[0] = true;
                                openStatements.decrementAndGet();
                            }
                            yield null;
                        }
                        case "isClosed" -> isClosed[0];
                        case "hashCode" -> System.identityHashCode(p);
                        case "equals" -> p == a[0];
                        default ->
                            m.getReturnType() == int.class
                                    ? (Object) 0
                                    : m.getReturnType() == boolean.class ? (Object) false : null;
                    });
        }
    }
}
