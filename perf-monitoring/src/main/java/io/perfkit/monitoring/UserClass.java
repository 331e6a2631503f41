package io.perfkit.monitoring;

import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Finds the class that somebody wrote behind an object that a framework made. */
final class UserClass {
    private static final String SPRING = "org.springframework.aop.TargetClassAware";

    private UserClass() {}

    static Class<?> of(Object target) {
        Class<?> type = target.getClass();
        if (Proxy.isProxyClass(type) || isGenerated(type)) {
            Class<?> behind = ofSpring(target);
            if (behind != null) {
                type = behind;
            }
        }
        while (isGenerated(type) && type.getSuperclass() != null && type.getSuperclass() != Object.class) {
            type = type.getSuperclass();
        }
        return type;
    }

    private static boolean isGenerated(Class<?> type) {
        return type.getName().contains("$$");
    }

    /** By name, since Spring need not be there. */
    private static @Nullable Class<?> ofSpring(Object target) {
        Class<?> aware = interfaceNamed(target.getClass());
        if (aware == null) {
            return null;
        }
        try {
            return (Class<?>) aware.getMethod("getTargetClass").invoke(target);
        } catch (ReflectiveOperationException | RuntimeException unknown) {
            return null;
        }
    }

    private static @Nullable Class<?> interfaceNamed(@Nullable Class<?> type) {
        if (type == null || type.getName().equals(SPRING)) {
            return type;
        }
        for (Class<?> each : type.getInterfaces()) {
            Class<?> found = interfaceNamed(each);
            if (found != null) {
                return found;
            }
        }
        return type.isInterface() ? null : interfaceNamed(type.getSuperclass());
    }
}
