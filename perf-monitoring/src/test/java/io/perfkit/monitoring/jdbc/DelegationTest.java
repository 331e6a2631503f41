package io.perfkit.monitoring.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Calls every method of every JDBC interface on the wrapper and looks at what arrives at the driver: the same method,
 * once, with the same arguments, and nothing else; its result or its exception comes back.
 */
class DelegationTest {
    private final PerformanceMonitor monitor =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

    /** A driver's object that notes its calls and answers something recognizable. */
    private static final class Driver implements InvocationHandler {
        final List<Method> calls = new ArrayList<>();
        final List<Object[]> arguments = new ArrayList<>();
        SQLException failure;
        Object answer;

        @Override
        public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "toString" -> "driver";
                    case "equals" -> proxy == args[0];
                    default -> System.identityHashCode(proxy);
                };
            }
            calls.add(method);
            arguments.add(args == null ? new Object[0] : args);
            if (failure != null) {
                throw failure;
            }
            answer = DelegationTest.value(method.getReturnType(), 42);
            return answer;
        }

        <T> T as(Class<T> type) {
            return type.cast(
                    Proxy.newProxyInstance(DelegationTest.class.getClassLoader(), new Class<?>[] {type}, this));
        }
    }

    private static Object value(Class<?> type, int seed) {
        if (type == Class.class) {
            return Runnable.class;
        } else if (type == InputStream.class) {
            return InputStream.nullInputStream();
        } else if (type == Reader.class) {
            return Reader.nullReader();
        } else if (type == BigDecimal.class) {
            return BigDecimal.valueOf(seed);
        } else if (type == Date.class) {
            return new Date(seed);
        } else if (type == Time.class) {
            return new Time(seed);
        } else if (type == Timestamp.class) {
            return new Timestamp(seed);
        } else if (type == Calendar.class) {
            return Calendar.getInstance();
        } else if (type == Object.class) {
            return new Object();
        } else if (type == boolean.class) {
            return true;
        } else if (type == int.class) {
            return seed;
        } else if (type == long.class) {
            return (long) seed;
        } else if (type == short.class) {
            return (short) seed;
        } else if (type == byte.class) {
            return (byte) seed;
        } else if (type == float.class) {
            return (float) seed;
        } else if (type == double.class) {
            return (double) seed;
        } else if (type == String.class) {
            return "text-" + seed;
        } else if (type.isArray()) {
            return Array.newInstance(type.getComponentType(), 0);
        } else if (type.isInterface()) {
            return new Driver().as(type);
        }
        return null;
    }

    private interface Make<T> {
        T wrap(T delegate);
    }

    private record Kind<T>(Class<T> type, Make<T> make) {
        Stream<DynamicTest> tests() {
            return Arrays.stream(type.getMethods())
                    .filter(method -> !Modifier.isStatic(method.getModifiers()))
                    .filter(method -> !SEPARATELY.contains(method.getName()))
                    .map(method -> DynamicTest.dynamicTest(
                            type.getSimpleName() + "." + method.getName() + Arrays.toString(method.getParameterTypes()),
                            () -> check(method)));
        }

        private void check(Method method) throws Exception {
            Driver driver = new Driver();
            T wrapper = make.wrap(driver.as(type));
            Method implemented = wrapper.getClass().getMethod(method.getName(), method.getParameterTypes());
            if (implemented.isDefault()
                    && !EXISTED_IN_17.contains(implemented.getDeclaringClass().getName())) {
                return;
            }
            assertThat(implemented.isDefault()).as("is overridden").isFalse();
            Object[] arguments = new Object[method.getParameterCount()];
            for (int i = 0; i < arguments.length; i++) {
                arguments[i] = value(method.getParameterTypes()[i], 1000 + i);
            }
            method.setAccessible(true);
            Object result = method.invoke(wrapper, arguments);

            assertThat(driver.calls).extracting(Method::getName).containsExactly(method.getName());
            assertThat(driver.calls.get(0).getParameterTypes()).isEqualTo(method.getParameterTypes());
            for (int i = 0; i < arguments.length; i++) {
                if (method.getParameterTypes()[i].isPrimitive()) {
                    assertThat(driver.arguments.get(0)[i]).isEqualTo(arguments[i]);
                } else {
                    assertThat(driver.arguments.get(0)[i] == arguments[i]).isTrue();
                }
            }
            if (!WRAPPED.contains(method.getReturnType())) {
                assertThat(result == driver.answer
                                || (method.getReturnType().isPrimitive() && result.equals(driver.answer)))
                        .as("%s instead of %s", result, driver.answer)
                        .isTrue();
            } else {
                assertThat(result == driver.answer).as("is wrapped").isFalse();
            }
            fails(method, arguments);
        }

        private void fails(Method method, Object[] arguments) throws Exception {
            boolean declares = Arrays.stream(method.getExceptionTypes()).anyMatch(e -> e == SQLException.class);
            if (!declares) {
                return;
            }
            Driver failing = new Driver();
            failing.failure = new SQLException("no", "08001");
            T wrapper = make.wrap(failing.as(type));
            Throwable seen = null;
            try {
                method.invoke(wrapper, arguments);
            } catch (java.lang.reflect.InvocationTargetException failure) {
                seen = failure.getTargetException();
            }
            assertThat(seen).isSameAs(failing.failure);
        }
    }

    /** Have their own tests, since they answer for themselves. */
    private static final Set<String> SEPARATELY = Set.of("unwrap", "isWrapperFor");

    private static final Set<Class<?>> WRAPPED = Set.of(
            Connection.class,
            Statement.class,
            PreparedStatement.class,
            CallableStatement.class,
            ResultSet.class,
            DatabaseMetaData.class,
            ConnectionBuilder.class);

    /** A default method of a newer JDK falls back on the ones before it, so it needs no override. */
    private static final Set<String> EXISTED_IN_17 = Runtime.version().feature() > 17
            ? Set.of()
            : Set.of(
                    "java.sql.Connection",
                    "java.sql.Statement",
                    "java.sql.PreparedStatement",
                    "java.sql.CallableStatement",
                    "java.sql.ResultSet",
                    "javax.sql.DataSource",
                    "java.sql.ConnectionBuilder");

    private final Source source = new Source(monitor.queryRecorder(), "main", null);
    private final MonitoredConnection connection = new MonitoredConnection(new Driver().as(Connection.class), source);

    @TestFactory
    Stream<DynamicTest> everyMethod_reachesTheDriverOnceAndUnchanged() {
        Stream<Kind<?>> kinds = Stream.of(
                new Kind<>(DataSource.class, delegate -> MonitoredDataSource.wrap(delegate, monitor)),
                new Kind<>(Connection.class, delegate -> new MonitoredConnection(delegate, source)),
                new Kind<>(Statement.class, delegate -> new MonitoredStatement<>(delegate, connection)),
                new Kind<>(
                        PreparedStatement.class,
                        delegate -> new MonitoredPreparedStatement<>(delegate, connection, "select 1")),
                new Kind<>(
                        CallableStatement.class,
                        delegate -> new MonitoredCallableStatement(delegate, connection, "call p()")),
                new Kind<>(ResultSet.class, delegate -> new MonitoredResultSet(delegate, connection, null, null, 0)),
                new Kind<>(DatabaseMetaData.class, delegate -> MonitoredMetadata.of(delegate, connection)));
        return kinds.flatMap(Kind::tests).filter(test -> !ANSWERED_BY_THE_WRAPPER.contains(test.getDisplayName()));
    }

    private static final Set<String> ANSWERED_BY_THE_WRAPPER = Set.of(
            "Statement.getConnection[]",
            "PreparedStatement.getConnection[]",
            "CallableStatement.getConnection[]",
            "ResultSet.getStatement[]",
            "DatabaseMetaData.getConnection[]");

    @Test
    void backReferences_areTheWrappers() throws SQLException {
        DataSource dataSource = MonitoredDataSource.wrap(new Driver().as(DataSource.class), monitor);
        Connection wrapped = dataSource.getConnection();
        assertThat(wrapped.createStatement().getConnection()).isSameAs(wrapped);
        assertThat(wrapped.prepareStatement("select 1").getConnection()).isSameAs(wrapped);
        assertThat(wrapped.prepareCall("call p()").getConnection()).isSameAs(wrapped);
        assertThat(wrapped.getMetaData().getConnection()).isSameAs(wrapped);
        assertThat(dataSource.createConnectionBuilder().user("u").password("p").build())
                .isInstanceOf(MonitoredConnection.class);
        Statement statement = wrapped.createStatement();
        assertThat(statement.executeQuery("select 1").getStatement()).isSameAs(statement);
        assertThat(statement.getGeneratedKeys().getStatement()).isSameAs(statement);
    }

    @Test
    void wrap_twice_givesTheFirstWrapper() {
        DataSource dataSource = MonitoredDataSource.wrap(new Driver().as(DataSource.class), monitor);
        assertThat(MonitoredDataSource.wrap(dataSource, monitor)).isSameAs(dataSource);
    }
}
