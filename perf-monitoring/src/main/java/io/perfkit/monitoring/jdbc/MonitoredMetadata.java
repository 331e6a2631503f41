package io.perfkit.monitoring.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import org.jspecify.annotations.Nullable;

/**
 * Metadata whose {@code getConnection} gives the wrapper, and whose results lead back to it, so that no statement escapes. By reflection,
 * unlike the other wrappers, since nobody asks for metadata on a hot path.
 */
final class MonitoredMetadata implements InvocationHandler {
    private final DatabaseMetaData delegate;
    private final MonitoredConnection connection;

    private MonitoredMetadata(DatabaseMetaData delegate, MonitoredConnection connection) {
        this.delegate = delegate;
        this.connection = connection;
    }

    static DatabaseMetaData of(DatabaseMetaData delegate, MonitoredConnection connection) {
        return (DatabaseMetaData) Proxy.newProxyInstance(
                MonitoredMetadata.class.getClassLoader(),
                new Class<?>[] {DatabaseMetaData.class},
                new MonitoredMetadata(delegate, connection));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "getConnection" -> connection;
            case "unwrap" -> Wrappers.unwrap(proxy, delegate, typeOf(arguments));
            case "isWrapperFor" -> Wrappers.isWrapperFor(proxy, delegate, typeOf(arguments));
            case "equals" -> arguments != null && proxy == arguments[0];
            default -> call(method, arguments);
        };
    }

    private static Class<?> typeOf(Object @Nullable [] arguments) {
        if (arguments == null) {
            throw new IllegalArgumentException("type is missing");
        }
        return (Class<?>) arguments[0];
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            Object result = method.invoke(delegate, arguments);
            return result instanceof ResultSet rows ? new MonitoredResultSet(rows, connection, null, null, 0) : result;
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }
}
