package io.perfkit.connections.websocket;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The type of message that a handler's class declares to handle. */
final class HandledType {
    private HandledType() {}

    /**
     * The argument of a generic interface with one parameter, as a class declares it, itself or above itself.
     *
     * @return null if it leaves that open, as a lambda does
     */
    static @Nullable Class<?> of(Class<?> handler, Class<?> role) {
        return of(handler, role, Map.of());
    }

    private static @Nullable Class<?> of(Type type, Class<?> role, Map<TypeVariable<?>, Type> bound) {
        Class<?> raw = raw(type, bound);
        if (raw == null) {
            return null;
        }
        Map<TypeVariable<?>, Type> here = new HashMap<>();
        if (type instanceof ParameterizedType parameterized) {
            Type[] arguments = parameterized.getActualTypeArguments();
            for (int i = 0; i < arguments.length; i++) {
                here.put(raw.getTypeParameters()[i], bound.getOrDefault(arguments[i], arguments[i]));
            }
        }
        if (raw == role) {
            Type argument = here.get(role.getTypeParameters()[0]);
            return argument == null ? null : raw(argument, Map.of());
        }
        for (Type above : raw.getGenericInterfaces()) {
            Class<?> found = of(above, role, here);
            if (found != null) {
                return found;
            }
        }
        Type parent = raw.getGenericSuperclass();
        return parent == null ? null : of(parent, role, here);
    }

    private static @Nullable Class<?> raw(Type type, Map<TypeVariable<?>, Type> bound) {
        Type known = bound.getOrDefault(type, type);
        if (known instanceof Class<?> of) {
            return of;
        }
        return known instanceof ParameterizedType parameterized && parameterized.getRawType() instanceof Class<?> of
                ? of
                : null;
    }
}
