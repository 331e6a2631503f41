package io.perfkit.monitoring;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Times the annotated methods of one object. What each method is to do is worked out once, when the proxy is made. */
final class MonitoredProxy implements InvocationHandler {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");

    private final Object target;
    private final PerformanceMonitor monitor;
    private final Map<Method, Plan> plans;
    private final Map<Method, Method> callable;

    private MonitoredProxy(
            Object target, PerformanceMonitor monitor, Map<Method, Plan> plans, Map<Method, Method> callable) {
        this.target = target;
        this.monitor = monitor;
        this.plans = plans;
        this.callable = callable;
    }

    static <T> T of(Class<T> type, T target, PerformanceMonitor monitor) {
        if (!type.isInterface()) {
            throw new MonitoringException("A proxy needs an interface, but " + type.getName()
                    + " is a class; extract the interface it is used by");
        }
        Map<Method, Plan> plans = new HashMap<>();
        Map<Method, Method> callable = new HashMap<>();
        for (Method method : type.getMethods()) {
            // The proxy hands over copies of these, which cannot be called if the interface is not public.
            method.trySetAccessible();
            callable.put(method, method);
            Plan plan = plan(method, target, monitor);
            if (plan != null) {
                plans.put(method, plan);
            }
        }
        if (plans.isEmpty()) {
            throw new MonitoringException(
                    "Nothing to time: neither " + target.getClass().getName() + " nor " + type.getName()
                            + " has a @Monitored type or method; annotate one");
        }
        Object proxy = Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, new MonitoredProxy(target, monitor, plans, callable));
        return type.cast(proxy);
    }

    private static @Nullable Plan plan(Method method, Object target, PerformanceMonitor monitor) {
        Class<?> implementation = UserClass.of(target);
        Monitored onMethod = implementing(method, implementation).getAnnotation(Monitored.class);
        if (onMethod == null) {
            onMethod = method.getAnnotation(Monitored.class);
        }
        if (onMethod != null) {
            String name = onMethod.value().isEmpty() ? simple(implementation, method) : onMethod.value();
            return new Plan(name, onMethod, method, monitor);
        }
        Monitored onType = implementation.getAnnotation(Monitored.class);
        if (onType == null) {
            onType = method.getDeclaringClass().getAnnotation(Monitored.class);
        }
        if (onType == null) {
            return null;
        }
        String name =
                onType.value().isEmpty() ? simple(implementation, method) : onType.value() + "." + method.getName();
        return new Plan(name, onType, method, monitor);
    }

    private static Method implementing(Method method, Class<?> implementation) {
        try {
            return implementation.getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException hidden) {
            return method; // a lambda, whose method is not found by name in every JVM
        }
    }

    private static String simple(Class<?> implementation, Method method) {
        Class<?> named =
                implementation.isSynthetic() || implementation.getSimpleName().isEmpty()
                        ? method.getDeclaringClass()
                        : implementation;
        return named.getSimpleName() + "." + method.getName();
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        Plan plan = plans.get(method);
        if (plan != null) {
            return measured(plan, method, arguments);
        }
        if (method.getName().equals("equals") && method.getDeclaringClass() == Object.class && arguments != null) {
            return target.equals(unwrapped(arguments[0]));
        }
        return call(method, arguments);
    }

    private static @Nullable Object unwrapped(@Nullable Object other) {
        boolean isProxy = other != null && Proxy.isProxyClass(other.getClass());
        return isProxy && Proxy.getInvocationHandler(other) instanceof MonitoredProxy that ? that.target : other;
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return callable.getOrDefault(method, method).invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }

    private @Nullable Object measured(Plan plan, Method method, Object @Nullable [] arguments) throws Throwable {
        if (plan.maximumQueries < 0 || RequestScope.current() != null) {
            return measuredInScope(plan, method, arguments, RequestScope.current());
        }
        RequestScope scope = new RequestScope(monitor, null).openHere();
        try {
            return measuredInScope(plan, method, arguments, scope);
        } finally {
            scope.close();
        }
    }

    private @Nullable Object measuredInScope(
            Plan plan, Method method, Object @Nullable [] arguments, @Nullable RequestScope scope) throws Throwable {
        long queries = scope == null ? 0 : scope.queries();
        long start = monitor.nanoTime();
        Object result;
        try {
            result = call(method, arguments);
        } catch (Throwable failure) {
            ended(plan, start, scope, queries, true);
            throw failure;
        }
        if (result instanceof CompletionStage<?> stage) {
            stage.whenComplete((value, failure) -> ended(plan, start, scope, queries, failure != null));
        } else if (result instanceof Future<?> future && method.getReturnType() == Future.class) {
            return new MonitoredFuture<>(future, failed -> ended(plan, start, scope, queries, failed));
        } else {
            ended(plan, start, scope, queries, false);
        }
        return result;
    }

    private void ended(Plan plan, long start, @Nullable RequestScope scope, long queriesBefore, boolean failed) {
        long now = monitor.nanoTime();
        plan.timing.record(start, now, failed);
        if (now - start >= plan.slowNanos) {
            tooSlow(plan, now - start, now);
        }
        if (scope != null && plan.maximumQueries >= 0 && scope.queries() - queriesBefore > plan.maximumQueries) {
            tooManyQueries(plan, scope.queries() - queriesBefore, now);
        }
    }

    private void tooSlow(Plan plan, long elapsed, long now) {
        String message = plan.timing.name() + " took " + TimeUnit.NANOSECONDS.toMillis(elapsed)
                + " ms, its slowAfter is " + plan.slowAfter;
        log(plan.slowLog, now, message);
        monitor.alerts()
                .raise(
                        plan.slowCoolDown,
                        now,
                        () -> new Alert(Alert.Kind.SLOW_CALL, plan.timing.name(), elapsed, plan.slowNanos, message));
    }

    private void tooManyQueries(Plan plan, long queries, long now) {
        String message =
                plan.timing.name() + " ran " + queries + " queries, its maximumQueries is " + plan.maximumQueries;
        log(plan.queriesLog, now, message);
        monitor.alerts()
                .raise(
                        plan.queriesCoolDown,
                        now,
                        () -> new Alert(
                                Alert.Kind.TOO_MANY_QUERIES,
                                plan.timing.name(),
                                queries,
                                plan.maximumQueries,
                                message));
    }

    private static void log(Throttle throttle, long now, String message) {
        long suppressed = throttle.tryPass(now);
        if (suppressed >= 0) {
            LOGGER.warn("{} ({} more since the last line)", message, suppressed);
        }
    }

    /** What to do for one method. */
    private static final class Plan {
        final Timing timing;
        final String slowAfter;
        final long slowNanos;
        final int maximumQueries;
        final Throttle slowLog;
        final Throttle queriesLog;
        final Throttle slowCoolDown;
        final Throttle queriesCoolDown;

        Plan(String name, Monitored annotation, Method method, PerformanceMonitor monitor) {
            this.timing = monitor.call(name);
            this.slowAfter = annotation.slowAfter();
            this.slowNanos = slowAfter.isEmpty() ? Long.MAX_VALUE : nanos(annotation, method);
            this.maximumQueries = annotation.maximumQueries();
            this.slowLog = monitor.newLogThrottle();
            this.queriesLog = monitor.newLogThrottle();
            this.slowCoolDown = monitor.alerts().newCoolDown();
            this.queriesCoolDown = monitor.alerts().newCoolDown();
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
    }
}
