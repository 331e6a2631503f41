package io.perfkit.testkit.grammar;

import java.lang.reflect.Array;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Objects to try the rules on, and values that a setter takes. */
final class Samples {
    private final Map<Class<?>, Callable<?>> fresh = new LinkedHashMap<>();
    private final Map<Class<?>, Object> values = new LinkedHashMap<>();

    void add(Class<?> type, Callable<?> makesOne) {
        fresh.put(type, makesOne);
    }

    void value(Class<?> type, Object value) {
        values.put(type, value);
    }

    boolean has(Class<?> type) {
        return fresh.containsKey(type);
    }

    Object make(Class<?> type) {
        try {
            return Objects.requireNonNull(
                    Objects.requireNonNull(fresh.get(type)).call());
        } catch (Exception e) {
            throw new AssertionError("The sample of " + type + " cannot be made", e);
        }
    }

    /**
     * A value that is good in most places, or {@code null} if none can be made up.
     *
     * @param number what to take where a whole number is asked for
     */
    @Nullable
    Object good(Class<?> type, int number) {
        Object given = values.get(type);
        if (given != null) {
            return given;
        }
        if (type == int.class || type == Integer.class) {
            return number;
        }
        if (type == long.class || type == Long.class) {
            return (long) number;
        }
        if (type == double.class || type == Double.class) {
            return 0.5;
        }
        if (type == boolean.class) {
            return true;
        }
        if (type == String.class) {
            return "text";
        }
        if (type == Duration.class) {
            return Duration.ofSeconds(1);
        }
        if (type == List.class) {
            return List.of();
        }
        if (type == Set.class) {
            return Set.of();
        }
        if (type == Map.class) {
            return Map.of();
        }
        if (type == Properties.class) {
            return new Properties();
        }
        return madeUp(type, number);
    }

    private @Nullable Object madeUp(Class<?> type, int number) {
        if (type.isEnum()) {
            return type.getEnumConstants()[0];
        }
        if (type.isArray()) {
            Object element = good(type.getComponentType(), number);
            if (element == null) {
                return null;
            }
            Object array = Array.newInstance(type.getComponentType(), 1);
            Array.set(array, 0, element);
            return array;
        }
        return type.isInterface() ? standIn(type) : null;
    }

    /** An object of an interface that does nothing and is equal to itself alone. */
    static Object standIn(Class<?> type) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
            if (method.getDeclaringClass() == Object.class) {
                return switch (method.getName()) {
                    case "equals" -> arguments != null && self == arguments[0];
                    case "hashCode" -> System.identityHashCode(self);
                    default -> "stand-in of " + type.getSimpleName();
                };
            }
            Class<?> returned = method.getReturnType();
            return returned.isPrimitive() && returned != void.class
                    ? Array.get(Array.newInstance(returned, 1), 0)
                    : null;
        });
    }
}
