package io.perfkit.connections.jdbc;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.BoundedPool;
import io.perfkit.connections.Lease;
import io.perfkit.connections.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import org.apache.commons.pool2.impl.GenericObjectPoolConfig;

/** A pool of the connections of a {@link FakeDatabase}, as its callers see it: ours, and others for the record. */
interface PoolUnderTest extends AutoCloseable {
    /** What a case needs of a pool beyond handing out and taking back. */
    enum Trait {
        JDBC,
        OURS,
        OBJECTS,
        OVER_DRIVER
    }

    /** What a case wants. */
    record Settings(int size, int overflow, Duration timeout, boolean validated, int perOwner, LongSupplier ticker) {
        Settings with(int newSize) {
            return new Settings(newSize, overflow, timeout, validated, perOwner, ticker);
        }

        Settings withOverflow(int newOverflow) {
            return new Settings(size, newOverflow, timeout, validated, perOwner, ticker);
        }

        Settings patient() {
            return new Settings(size, overflow, Duration.ofSeconds(60), validated, perOwner, ticker);
        }

        Settings brief() {
            return new Settings(size, overflow, Duration.ofMillis(60), validated, perOwner, ticker);
        }

        Settings validating() {
            return new Settings(size, overflow, timeout, true, perOwner, ticker);
        }

        Settings withOwners(int each) {
            return new Settings(size, overflow, timeout, validated, each, ticker);
        }

        Settings withTicker(LongSupplier nanoTime) {
            return new Settings(size, overflow, timeout, validated, perOwner, nanoTime);
        }
    }

    /** What a caller has until it closes it. */
    interface Held extends AutoCloseable {
        Connection connection();

        @Override
        void close() throws SQLException;
    }

    /** Whose thread it is. */
    ThreadLocal<String> OWNER = new ThreadLocal<>();

    Held acquire() throws Exception;

    int waiting();

    int inUse();

    @Override
    void close();

    /** The pool of this library, or null. */
    default Pool ours() {
        return null;
    }

    /** The pools that the cases run over. */
    enum Kind {
        DRIVER(Trait.JDBC, Trait.OURS, Trait.OVER_DRIVER) {
            @Override
            PoolUnderTest open(FakeDatabase database, Settings settings) {
                return bounded(BoundedDataSource.builder("contract", database.dataSource()), settings);
            }
        },
        HIKARICP(Trait.JDBC, Trait.OURS) {
            @Override
            PoolUnderTest open(FakeDatabase database, Settings settings) {
                return bounded(BoundedDataSource.hikari("contract", hikari(database)), settings);
            }
        },
        BOUNDED_POOL(Trait.OURS, Trait.OBJECTS) {
            @Override
            PoolUnderTest open(FakeDatabase database, Settings settings) {
                return objects(database, settings);
            }
        },
        HIKARICP_ALONE(Trait.JDBC) {
            @Override
            PoolUnderTest open(FakeDatabase database, Settings settings) {
                return hikariAlone(database, settings);
            }
        },
        COMMONS_POOL2_ALONE(Trait.OBJECTS) {
            @Override
            PoolUnderTest open(FakeDatabase database, Settings settings) {
                return commons(database, settings);
            }
        };

        final Set<Trait> traits = EnumSet.noneOf(Trait.class);

        Kind(Trait... traits) {
            this.traits.addAll(Set.of(traits));
        }

        abstract PoolUnderTest open(FakeDatabase database, Settings settings);
    }

    private static HikariConfig hikari(FakeDatabase database) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(database.dataSource());
        config.setInitializationFailTimeout(-1);
        config.setMinimumIdle(0);
        return config;
    }

    private static Held held(Connection connection) {
        return new Held() {
            @Override
            public Connection connection() {
                return connection;
            }

            @Override
            public void close() throws SQLException {
                connection.close();
            }
        };
    }

    private static PoolUnderTest bounded(BoundedDataSource.Builder builder, Settings settings) {
        builder.size(settings.size)
                .overflow(settings.overflow)
                .acquireTimeout(settings.timeout)
                .ticker(settings.ticker)
                .reclaimAbandoned(true);
        if (settings.validated) {
            builder.validateOnAcquire(true);
        }
        if (settings.perOwner > 0) {
            builder.perOwner(OWNER::get, settings.perOwner);
        }
        BoundedDataSource pool = builder.build();
        return new PoolUnderTest() {
            @Override
            public Held acquire() throws Exception {
                return held(pool.getConnection());
            }

            @Override
            public int waiting() {
                return pool.stats().waiting();
            }

            @Override
            public int inUse() {
                return pool.stats().held();
            }

            @Override
            public Pool ours() {
                return pool;
            }

            @Override
            public void close() {
                pool.close();
            }
        };
    }

    private static PoolUnderTest objects(FakeDatabase database, Settings settings) {
        DataSource source = database.dataSource();
        BoundedPool<Connection> pool = BoundedPool.<Connection>builder("contract", source::getConnection)
                .size(settings.size)
                .reset(Connection::clearWarnings)
                .validate(connection -> !settings.validated || connection.isValid(1))
                .destroy(Connection::close)
                .ticker(settings.ticker)
                .build();
        return new PoolUnderTest() {
            @Override
            public Held acquire() {
                Lease<Connection> lease = pool.acquire(settings.timeout);
                return new Held() {
                    @Override
                    public Connection connection() {
                        return lease.value();
                    }

                    @Override
                    public void close() {
                        lease.close();
                    }
                };
            }

            @Override
            public int waiting() {
                return pool.stats().waiting();
            }

            @Override
            public int inUse() {
                return pool.stats().held();
            }

            @Override
            public Pool ours() {
                return pool;
            }

            @Override
            public void close() {
                pool.close();
            }
        };
    }

    private static PoolUnderTest hikariAlone(FakeDatabase database, Settings settings) {
        HikariConfig config = hikari(database);
        config.setMaximumPoolSize(settings.size);
        config.setConnectionTimeout(Math.max(250, settings.timeout.toMillis()));
        HikariDataSource pool = new HikariDataSource(config);
        return new PoolUnderTest() {
            @Override
            public Held acquire() throws Exception {
                return held(pool.getConnection());
            }

            @Override
            public int waiting() {
                return pool.getHikariPoolMXBean() == null
                        ? 0
                        : pool.getHikariPoolMXBean().getThreadsAwaitingConnection();
            }

            @Override
            public int inUse() {
                return pool.getHikariPoolMXBean() == null
                        ? 0
                        : pool.getHikariPoolMXBean().getActiveConnections();
            }

            @Override
            public void close() {
                pool.close();
            }
        };
    }

    private static PoolUnderTest commons(FakeDatabase database, Settings settings) {
        DataSource source = database.dataSource();
        GenericObjectPoolConfig<Connection> config = new GenericObjectPoolConfig<>();
        config.setFairness(true);
        GenericObjectPool<Connection> pool = new GenericObjectPool<>(
                new BasePooledObjectFactory<Connection>() {
                    @Override
                    public Connection create() throws Exception {
                        return source.getConnection();
                    }

                    @Override
                    public PooledObject<Connection> wrap(Connection connection) {
                        return new DefaultPooledObject<>(connection);
                    }

                    @Override
                    public void passivateObject(PooledObject<Connection> pooled) throws Exception {
                        pooled.getObject().clearWarnings();
                    }

                    @Override
                    public boolean validateObject(PooledObject<Connection> pooled) {
                        try {
                            return pooled.getObject().isValid(1);
                        } catch (SQLException e) {
                            return false;
                        }
                    }

                    @Override
                    public void destroyObject(PooledObject<Connection> pooled) throws Exception {
                        pooled.getObject().close();
                    }
                },
                config);
        pool.setMaxTotal(settings.size);
        pool.setMaxIdle(settings.size);
        pool.setMaxWait(settings.timeout);
        pool.setTestOnBorrow(settings.validated);
        return new PoolUnderTest() {
            @Override
            public Held acquire() throws Exception {
                Connection connection = pool.borrowObject();
                return new Held() {
                    @Override
                    public Connection connection() {
                        return connection;
                    }

                    @Override
                    public void close() {
                        pool.returnObject(connection);
                    }
                };
            }

            @Override
            public int waiting() {
                return pool.getNumWaiters();
            }

            @Override
            public int inUse() {
                return pool.getNumActive();
            }

            @Override
            public void close() {
                pool.close();
            }
        };
    }
}
