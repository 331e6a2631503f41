package io.perfkit.monitoring;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Times the annotated methods of one object. What each method is to do is worked out once, when the proxy is made. */
final class MonitoredProxy implements InvocationHandler {
    private final Object target;
    private final Map<Method, MonitoredCall> plans;
    private final Map<Method, Method> callable;

    private MonitoredProxy(Object target, Map<Method, MonitoredCall> plans, Map<Method, Method> callable) {
        this.target = target;
        this.plans = plans;
        this.callable = callable;
    }

    static <T> T of(Class<T> type, T target, PerformanceMonitor monitor) {
        if (!type.isInterface()) {
            throw new MonitoringException("A proxy needs an interface, but " + type.getName()
                    + " is a class; extract the interface it is used by");
        }
        Map<Method, MonitoredCall> plans = new HashMap<>();
        Map<Method, Method> callable = new HashMap<>();
        for (Method method : type.getMethods()) {
            // The proxy hands over copies of these, which cannot be called if the interface is not public.
            method.trySetAccessible();
            callable.put(method, method);
            MonitoredCall plan = plan(method, target, monitor);
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
                type.getClassLoader(), new Class<?>[] {type}, new MonitoredProxy(target, plans, callable));
        return type.cast(proxy);
    }

    private static @Nullable MonitoredCall plan(Method method, Object target, PerformanceMonitor monitor) {
        Class<?> implementation = UserClass.of(target);
        return MonitoredCall.of(
                implementation,
                List.of(implementing(method, implementation), method),
                method.getReturnType() == Future.class,
                monitor);
    }

    private static Method implementing(Method method, Class<?> implementation) {
        try {
            return implementation.getMethod(method.getName(), method.getParameterTypes());
        } catch (NoSuchMethodException hidden) {
            return method; // a lambda, whose method is not found by name in every JVM
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        MonitoredCall plan = plans.get(method);
        if (plan != null) {
            return plan.invoke(() -> call(method, arguments));
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
}
