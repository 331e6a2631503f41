package io.perfkit.cache;

import java.lang.annotation.Annotation;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds JPA entities by the name of their annotation: there is no dependency on JPA. */
final class Entities {

    private static final Set<String> ANNOTATIONS = Set.of("jakarta.persistence.Entity", "javax.persistence.Entity");

    /** A value that leads to more types than this is no data, and is not followed to its end. */
    private static final int MAXIMUM_TYPES = 2_000;

    private Entities() {}

    /** An entity that values of this type are or contain: as elements, as type arguments, in fields; or null. */
    static @Nullable Class<?> find(Type type) {
        Deque<Type> open = new ArrayDeque<>();
        Set<Type> seen = new HashSet<>();
        open.add(type);
        while (!open.isEmpty() && seen.size() < MAXIMUM_TYPES) {
            Type next = open.remove();
            if (!seen.add(next)) {
                continue;
            }
            if (next instanceof ParameterizedType generic) {
                open.add(generic.getRawType());
                // A class object or a function of entities holds none.
                if (!isCode(generic.getRawType())) {
                    addAll(open, generic.getActualTypeArguments());
                }
            } else if (next instanceof WildcardType wildcard) {
                addAll(open, wildcard.getUpperBounds());
            } else if (next instanceof TypeVariable<?> variable) {
                addAll(open, variable.getBounds());
            } else if (next instanceof GenericArrayType array) {
                open.add(array.getGenericComponentType());
            } else if (next instanceof Class<?> c) {
                if (isEntity(c)) {
                    return c;
                }
                addParts(open, c);
            }
        }
        return null;
    }

    private static void addParts(Deque<Type> open, Class<?> type) {
        if (type.isArray()) {
            open.add(type.getComponentType());
            return;
        }
        String module = type.getModule().getName();
        if (type.isPrimitive() || type.isEnum() || (module != null && module.startsWith("java."))) {
            return;
        }
        try {
            for (Field field : type.getDeclaredFields()) {
                if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0) {
                    open.add(field.getGenericType());
                }
            }
            if (type.getGenericSuperclass() != null) {
                open.add(type.getGenericSuperclass());
            }
            Class<?>[] permitted = type.getPermittedSubclasses();
            if (permitted != null) {
                addAll(open, permitted);
            }
        } catch (LinkageError | TypeNotPresentException absent) {
            // Of a class that is not there, there are no objects either.
        }
    }

    private static void addAll(Deque<Type> open, Type[] types) {
        for (Type type : types) {
            open.add(type);
        }
    }

    private static boolean isCode(Type type) {
        return type == Class.class || type.getTypeName().startsWith("java.util.function.");
    }

    private static boolean isEntity(Class<?> type) {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Annotation annotation : c.getDeclaredAnnotations()) {
                if (ANNOTATIONS.contains(annotation.annotationType().getName())) {
                    return true;
                }
            }
        }
        return false;
    }
}
