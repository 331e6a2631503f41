package io.perfkit.benchmarks.stub;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.lang.invoke.MethodHandles;
import java.sql.SQLFeatureNotSupportedException;
import javax.sql.DataSource;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.ExceptionMethod;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Opens the stub driver. Its classes are written only as far as the benchmarks need them; the hundreds of other methods of
 * {@code java.sql} and of servlets are added at run time, each throwing {@link SQLFeatureNotSupportedException}. That keeps every call a
 * direct one: a {@link java.lang.reflect.Proxy} would cost more than some of what is measured here.
 */
public final class Stub {

    /** One class for each kind of object, however many there are: a pool of many classes would be a call site of many. */
    private static final ClassValue<Class<?>> COMPLETED = new ClassValue<>() {
        @Override
        protected Class<?> computeValue(Class<?> type) {
            return new ByteBuddy()
                    .subclass(type)
                    .method(ElementMatchers.isAbstract())
                    .intercept(ExceptionMethod.throwing(SQLFeatureNotSupportedException.class))
                    .make()
                    .load(type.getClassLoader(), ClassLoadingStrategy.UsingLookup.of(MethodHandles.lookup()))
                    .getLoaded();
        }
    };

    private Stub() {}

    /** A data source whose connections answer every query with one row, the number that the statement was given. */
    public static DataSource dataSource() {
        return complete(StubDataSource.class);
    }

    /** A request for {@code GET /api/owners}, which keeps its attributes. */
    public static HttpServletRequest request() {
        return complete(StubRequest.class);
    }

    /** A response with the status 200 that nobody has written to. */
    public static HttpServletResponse response() {
        return complete(StubResponse.class);
    }

    static <T> T complete(Class<T> type) {
        try {
            return COMPLETED.get(type).asSubclass(type).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("the stub of " + type.getSimpleName() + " could not be completed", e);
        }
    }
}
