package io.perfkit.cache.proxy;

import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A type as a method of an interface uses it, with the type parameters of generic super-interfaces filled in.
 *
 * @param raw the class, boxed if the type is primitive
 * @param arguments its type arguments, or the component type of an array; empty if there are none or they are not given
 * @param fixed false if it stands for a type that only the caller knows
 */
record ResolvedType(Class<?> raw, List<ResolvedType> arguments, boolean fixed) {

    /** What the type parameters of a type and of its super-types are. */
    static Map<TypeVariable<?>, ResolvedType> bindings(ResolvedType type) {
        Map<TypeVariable<?>, ResolvedType> bindings = new HashMap<>();
        bind(type, bindings);
        return bindings;
    }

    private static void bind(ResolvedType type, Map<TypeVariable<?>, ResolvedType> bindings) {
        TypeVariable<?>[] variables = type.raw().getTypeParameters();
        if (variables.length == type.arguments().size()) {
            for (int i = 0; i < variables.length; i++) {
                bindings.put(variables[i], type.arguments().get(i));
            }
        }
        for (Type each : type.raw().getGenericInterfaces()) {
            bind(of(each, bindings), bindings);
        }
        Type superclass = type.raw().getGenericSuperclass();
        if (superclass != null) {
            bind(of(superclass, bindings), bindings);
        }
    }

    static ResolvedType of(Type type, Map<TypeVariable<?>, ResolvedType> bindings) {
        if (type instanceof Class<?> plain) {
            return ofClass(plain);
        }
        if (type instanceof ParameterizedType generic) {
            List<ResolvedType> arguments = Arrays.stream(generic.getActualTypeArguments())
                    .map(each -> of(each, bindings))
                    .toList();
            return new ResolvedType((Class<?>) generic.getRawType(), arguments, true);
        }
        if (type instanceof GenericArrayType array) {
            ResolvedType component = of(array.getGenericComponentType(), bindings);
            return new ResolvedType(
                    Array.newInstance(component.raw(), 0).getClass(), List.of(component), component.fixed());
        }
        if (type instanceof WildcardType wildcard) {
            return bounded(wildcard.getUpperBounds()[0], bindings);
        }
        TypeVariable<?> variable = (TypeVariable<?>) type;
        ResolvedType bound = bindings.get(variable);
        return bound != null ? bound : bounded(erasure(variable), bindings);
    }

    static ResolvedType ofClass(Class<?> type) {
        List<ResolvedType> arguments = type.isArray() ? List.of(ofClass(type.getComponentType())) : List.of();
        return new ResolvedType(boxed(type), arguments, true);
    }

    /** Only a final class is all that its bound lets in. */
    private static ResolvedType bounded(Type bound, Map<TypeVariable<?>, ResolvedType> bindings) {
        ResolvedType type = of(bound, bindings);
        boolean only = Modifier.isFinal(type.raw().getModifiers()) && type.fixed();
        return new ResolvedType(type.raw(), type.arguments(), only);
    }

    /** A bound may mention its own variable, so it is not followed further. */
    private static Class<?> erasure(TypeVariable<?> variable) {
        Type bound = variable.getBounds()[0];
        if (bound instanceof TypeVariable<?> other) {
            return erasure(other);
        }
        return bound instanceof ParameterizedType generic ? (Class<?>) generic.getRawType() : (Class<?>) bound;
    }

    static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }

    /** The same as reflection has it, with type arguments where there are some. */
    Type toType() {
        if (raw.isArray() || arguments.isEmpty()) {
            return raw;
        }
        return new Parameterized(
                raw, arguments.stream().map(ResolvedType::toType).toList());
    }

    /** As the JDK's own, which cannot be made from outside. */
    private record Parameterized(Class<?> raw, List<Type> arguments) implements ParameterizedType {

        @Override
        public Type[] getActualTypeArguments() {
            return arguments.toArray(Type[]::new);
        }

        @Override
        public Type getRawType() {
            return raw;
        }

        @Override
        public @Nullable Type getOwnerType() {
            return raw.getDeclaringClass();
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof ParameterizedType type
                    && raw.equals(type.getRawType())
                    && arguments.equals(List.of(type.getActualTypeArguments()))
                    && Objects.equals(getOwnerType(), type.getOwnerType());
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(getActualTypeArguments()) ^ Objects.hashCode(getOwnerType()) ^ raw.hashCode();
        }

        @Override
        public String toString() {
            return raw.getName()
                    + arguments.stream().map(Type::getTypeName).collect(Collectors.joining(", ", "<", ">"));
        }
    }

    boolean is(Class<?> type) {
        return type.isAssignableFrom(raw);
    }

    /** Whether its type arguments say more than its class does. */
    boolean isParameterized() {
        return !raw.isArray() && arguments.stream().anyMatch(each -> each.raw() != Object.class);
    }

    @Override
    public String toString() {
        String name = raw.getSimpleName();
        return raw.isArray() || arguments.isEmpty()
                ? name
                : name + arguments.stream().map(ResolvedType::toString).collect(Collectors.joining(", ", "<", ">"));
    }
}
