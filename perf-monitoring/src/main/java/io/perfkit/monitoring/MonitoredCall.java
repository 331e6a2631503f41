package io.perfkit.monitoring;

import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is done about the calls of one annotated method: their time, and the limits of both. Thread-safe. */
final class MonitoredCall {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");

    private final PerformanceMonitor monitor;
    private final Timing timing;
    private final boolean returnsFuture;
    private final String slowAfter;
    private final long slowNanos;
    private final int maximumQueries;
    private final Throttle slowLog;
    private final Throttle queriesLog;
    private final Throttle slowCoolDown;
    private final Throttle queriesCoolDown;

    /** The rest of a call. */
    @FunctionalInterface
    interface Onward {
        @Nullable
        Object proceed() throws Throwable;
    }

    private MonitoredCall(
            String name, Monitored annotation, Method method, boolean returnsFuture, PerformanceMonitor monitor) {
        this.monitor = monitor;
        this.timing = monitor.call(name);
        this.returnsFuture = returnsFuture;
        this.slowAfter = annotation.slowAfter();
        this.slowNanos = slowAfter.isEmpty() ? Long.MAX_VALUE : nanos(annotation, method);
        this.maximumQueries = annotation.maximumQueries();
        this.slowLog = monitor.newLogThrottle();
        this.queriesLog = monitor.newLogThrottle();
        this.slowCoolDown = monitor.alerts().newCoolDown();
        this.queriesCoolDown = monitor.alerts().newCoolDown();
    }

    /**
     * The plan of a method.
     *
     * @param implementation the class that somebody wrote
     * @param declarations where the method is declared, the most specific first
     * @return null if neither it nor its type is annotated
     */
    static @Nullable MonitoredCall of(
            Class<?> implementation, List<Method> declarations, boolean returnsFuture, PerformanceMonitor monitor) {
        Method last = declarations.get(declarations.size() - 1);
        Monitored onMethod = onMethod(declarations);
        if (onMethod != null) {
            String name = onMethod.value().isEmpty() ? simple(implementation, last) : onMethod.value();
            return new MonitoredCall(name, onMethod, last, returnsFuture, monitor);
        }
        Monitored onType = onType(implementation, declarations);
        if (onType == null) {
            return null;
        }
        String name = onType.value().isEmpty() ? simple(implementation, last) : onType.value() + "." + last.getName();
        return new MonitoredCall(name, onType, last, returnsFuture, monitor);
    }

    static @Nullable Monitored onMethod(List<Method> declarations) {
        for (Method each : declarations) {
            Monitored annotation = each.getAnnotation(Monitored.class);
            if (annotation != null) {
                return annotation;
            }
        }
        return null;
    }

    static @Nullable Monitored onType(Class<?> implementation, List<Method> declarations) {
        Monitored annotation = implementation.getAnnotation(Monitored.class);
        for (int i = 0; annotation == null && i < declarations.size(); i++) {
            annotation = declarations.get(i).getDeclaringClass().getAnnotation(Monitored.class);
        }
        return annotation;
    }

    private static String simple(Class<?> implementation, Method method) {
        Class<?> named =
                implementation.isSynthetic() || implementation.getSimpleName().isEmpty()
                        ? method.getDeclaringClass()
                        : implementation;
        return named.getSimpleName() + "." + method.getName();
    }

    private static long nanos(Monitored annotation, Method method) {
        String where = "slowAfter of @Monitored on " + method;
        Duration slowAfter;
        try {
            slowAfter = DurationText.parse(annotation.slowAfter());
        } catch (IllegalArgumentException bad) {
            throw new MonitoringException(where + " " + bad.getMessage(), bad);
        }
        try {
            return Checks.positive(where, slowAfter).toNanos();
        } catch (IllegalArgumentException bad) {
            throw new MonitoringException(String.valueOf(bad.getMessage()), bad);
        }
    }

    @Nullable
    Object invoke(Onward call) throws Throwable {
        if (maximumQueries < 0 || RequestScope.current() != null) {
            return invoke(call, RequestScope.current());
        }
        RequestScope scope = new RequestScope(monitor, null, null).openHere();
        try {
            return invoke(call, scope);
        } finally {
            scope.close();
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it is the caller's
    private @Nullable Object invoke(Onward call, @Nullable RequestScope scope) throws Throwable {
        long queries = scope == null ? 0 : scope.queries();
        long start = monitor.nanoTime();
        Object result;
        try {
            result = call.proceed();
        } catch (Throwable failure) {
            ended(start, scope, queries, true);
            throw failure;
        }
        if (result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, failure) -> ended(start, scope, queries, failure != null));
        } else if (result instanceof Future<?> future && returnsFuture) {
            return new MonitoredFuture<>(future, failed -> ended(start, scope, queries, failed));
        } else {
            ended(start, scope, queries, false);
        }
        return result;
    }

    private void ended(long start, @Nullable RequestScope scope, long queriesBefore, boolean failed) {
        long now = monitor.nanoTime();
        timing.record(start, now, failed);
        if (now - start >= slowNanos) {
            tooSlow(now - start, now);
        }
        if (scope != null && maximumQueries >= 0 && scope.queries() - queriesBefore > maximumQueries) {
            tooManyQueries(scope.queries() - queriesBefore, now);
        }
    }

    private void tooSlow(long elapsed, long now) {
        String message = timing.name() + " took " + TimeUnit.NANOSECONDS.toMillis(elapsed) + " ms, its slowAfter is "
                + slowAfter;
        log(slowLog, now, message);
        monitor.alerts()
                .raise(
                        slowCoolDown,
                        now,
                        () -> new Alert(Alert.Kind.SLOW_CALL, timing.name(), elapsed, slowNanos, message));
    }

    private void tooManyQueries(long queries, long now) {
        String message = timing.name() + " ran " + queries + " queries, its maximumQueries is " + maximumQueries;
        log(queriesLog, now, message);
        monitor.alerts()
                .raise(
                        queriesCoolDown,
                        now,
                        () -> new Alert(Alert.Kind.TOO_MANY_QUERIES, timing.name(), queries, maximumQueries, message));
    }

    private static void log(Throttle throttle, long now, String message) {
        long suppressed = throttle.tryPass(now);
        if (suppressed >= 0) {
            LOGGER.warn("{} ({} more since the last line)", message, suppressed);
        }
    }
}
