package io.perfkit.monitoring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Timing by {@link Monitored} for a framework that intercepts calls itself, such as one whose proxies are subclasses: what
 * {@link PerformanceMonitor#proxy} does, without the proxy and without an interface. The annotation may stand on a class or
 * a public method of it, on those of its superclasses, and on those of its interfaces; of several, the most specific
 * counts, and one on a method before one on a type.
 *
 * <p>Thread-safe.
 */
public final class MethodMonitoring {

    private final Class<?> type;
    private final PerformanceMonitor monitor;
    private final Map<Method, Optional<MonitoredCall>> calls = new ConcurrentHashMap<>();

    private MethodMonitoring(Class<?> type, PerformanceMonitor monitor) {
        this.type = type;
        this.monitor = monitor;
    }

    /**
     * The calls of one type.
     *
     * @param type the class of an object, without any proxy
     * @param monitor where to report
     * @return what its calls are to be given to
     * @throws MonitoringException if an annotation of a public method is wrong: the message names the method and what is
     *     wrong
     */
    public static MethodMonitoring of(Class<?> type, PerformanceMonitor monitor) {
        MethodMonitoring monitoring = new MethodMonitoring(type, Objects.requireNonNull(monitor, "monitor"));
        for (Method each : type.getMethods()) {
            if (!each.isBridge() && !Modifier.isStatic(each.getModifiers())) {
                monitoring.find(each);
            }
        }
        return monitoring;
    }

    /**
     * Whether a type has anything to be timed.
     *
     * @param type a class or interface
     * @return true if it, a super-type of it, or a method of one of these is annotated
     */
    public static boolean isAnnotated(Class<?> type) {
        return superTypes(type).stream()
                .anyMatch(each -> each.isAnnotationPresent(Monitored.class)
                        || Arrays.stream(methods(each))
                                .anyMatch(method -> method.isAnnotationPresent(Monitored.class)));
    }

    /**
     * Whether calls of a method are to be timed.
     *
     * @param type the class of an object, without any proxy
     * @param method of it, or of one of its super-types
     * @return true if calls are to go through {@link #invoke}
     */
    public static boolean isAnnotated(Class<?> type, Method method) {
        List<Method> declarations = declarations(type, method);
        return isTimed(method)
                && (MonitoredCall.onMethod(declarations) != null || MonitoredCall.onType(type, declarations) != null);
    }

    /**
     * Makes a call and times it, if it is to be.
     *
     * @param method what is called
     * @param continuation makes the call itself, and is called once
     * @return what the caller is to see
     * @throws Throwable what the call threw
     */
    public @Nullable Object invoke(Method method, Continuation continuation) throws Throwable {
        Optional<MonitoredCall> call = find(method);
        return call.isPresent() ? call.get().invoke(continuation::proceed) : continuation.proceed();
    }

    private Optional<MonitoredCall> find(Method method) {
        Optional<MonitoredCall> known = calls.get(method);
        return known != null ? known : calls.computeIfAbsent(method, this::plan);
    }

    private Optional<MonitoredCall> plan(Method method) {
        if (!isTimed(method)) {
            return Optional.empty();
        }
        List<Method> declarations = declarations(type, method);
        boolean future = declarations.stream().allMatch(each -> each.getReturnType() == Future.class);
        return Optional.ofNullable(MonitoredCall.of(type, declarations, future, monitor));
    }

    private static boolean isTimed(Method method) {
        return method.getDeclaringClass() != Object.class && !Modifier.isStatic(method.getModifiers());
    }

    /** The method as its super-types declare it, the most specific first; itself where none does. */
    private static List<Method> declarations(Class<?> type, Method method) {
        List<Method> declarations = new ArrayList<>();
        for (Class<?> each : superTypes(type)) {
            for (Method candidate : methods(each)) {
                if (!candidate.isBridge()
                        && candidate.getName().equals(method.getName())
                        && Arrays.equals(candidate.getParameterTypes(), method.getParameterTypes())) {
                    declarations.add(candidate);
                }
            }
        }
        if (!declarations.contains(method)) {
            declarations.add(method);
        }
        return declarations;
    }

    /** None, where a signature mentions a class that is not there. */
    private static Method[] methods(Class<?> type) {
        try {
            return type.getDeclaredMethods();
        } catch (NoClassDefFoundError absent) {
            return new Method[0];
        }
    }

    private static Set<Class<?>> superTypes(Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
            all.add(each);
        }
        for (Class<?> each = type; each != null; each = each.getSuperclass()) {
            addInterfaces(each, all);
        }
        return all;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> all) {
        for (Class<?> each : type.getInterfaces()) {
            all.add(each);
            addInterfaces(each, all);
        }
    }

    /** The rest of a call that was intercepted. */
    @FunctionalInterface
    public interface Continuation {

        /**
         * Makes the call.
         *
         * @return what the method returned
         * @throws Throwable what it threw
         */
        @Nullable
        Object proceed() throws Throwable;
    }
}
