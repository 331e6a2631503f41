package io.perfkit.cache.proxy;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.TypeVariable;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A property of an object: a record's component, a getter, a method of the property's name, or a public field. */
final class ArgumentProperty {

    private static final MethodType READER = MethodType.methodType(Object.class, Object.class);

    private final MethodHandle reader;
    private final ResolvedType type;

    private ArgumentProperty(MethodHandle reader, ResolvedType type) {
        this.reader = reader.asType(READER);
        this.type = type;
    }

    /**
     * Finds a property by its name; null if the type has none.
     *
     * @throws IllegalArgumentException if it has one that cannot be read from here
     */
    static @Nullable ArgumentProperty of(ResolvedType owner, String name) {
        Map<TypeVariable<?>, ResolvedType> bindings = ResolvedType.bindings(owner);
        String capital = name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
        for (String method : new String[] {name, "get" + capital, "is" + capital}) {
            Method found = method(owner.raw(), method);
            if (found != null && (method.equals(name) || !method.startsWith("is") || isBoolean(found))) {
                return readable(of(found, bindings), owner, name);
            }
        }
        Field field = field(owner.raw(), name);
        return field == null ? null : readable(of(field, bindings), owner, name);
    }

    private static boolean isBoolean(Method method) {
        return method.getReturnType() == boolean.class;
    }

    private static @Nullable Method method(Class<?> owner, String name) {
        try {
            Method method = owner.getMethod(name);
            boolean reads = method.getReturnType() != void.class
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getDeclaringClass() != Object.class;
            return reads ? method : null;
        } catch (NoSuchMethodException e) {
            return null;
        }
    }

    private static @Nullable Field field(Class<?> owner, String name) {
        try {
            Field field = owner.getField(name);
            return Modifier.isStatic(field.getModifiers()) ? null : field;
        } catch (NoSuchFieldException e) {
            return null;
        }
    }

    private static ArgumentProperty readable(@Nullable ArgumentProperty property, ResolvedType owner, String name) {
        if (property == null) {
            throw new IllegalArgumentException(
                    "'" + name + "' of " + owner + " cannot be read from " + ArgumentProperty.class.getModule()
                            + ": open the package " + owner.raw().getPackageName() + " to it");
        }
        return property;
    }

    /** A property that is read by a method; null if that cannot be called from here. */
    static @Nullable ArgumentProperty of(Method method, Map<TypeVariable<?>, ResolvedType> bindings) {
        try {
            method.trySetAccessible();
            return new ArgumentProperty(
                    MethodHandles.lookup().unreflect(method), ResolvedType.of(method.getGenericReturnType(), bindings));
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    private static @Nullable ArgumentProperty of(Field field, Map<TypeVariable<?>, ResolvedType> bindings) {
        try {
            field.trySetAccessible();
            return new ArgumentProperty(
                    MethodHandles.lookup().unreflectGetter(field), ResolvedType.of(field.getGenericType(), bindings));
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    ResolvedType type() {
        return type;
    }

    /** The property's value. Throws what its getter throws. */
    @Nullable
    Object read(Object owner) {
        try {
            return (Object) reader.invokeExact(owner);
        } catch (Throwable t) {
            throw Call.<RuntimeException>unchanged(t);
        }
    }
}
