package io.perfkit.spring.batching;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.core.ResolvableType;

/** A method with {@link BatchLoader}, and what of it can be wrong. */
record LoaderMethod(Class<?> type, Method method, ResolvableType key, ResolvableType value, boolean byPosition) {

    static LoaderMethod of(Class<?> type, Method method) {
        int modifiers = method.getModifiers();
        if (!Modifier.isPublic(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
            throw error(
                    type,
                    method,
                    "is not a public method that a proxy can override. Make it public, not static and " + "not final");
        }
        if (method.getParameterCount() != 1) {
            throw error(type, method, "has " + method.getParameterCount() + " parameters. Leave one, the Set of keys");
        }
        ResolvableType keys = ResolvableType.forMethodParameter(method, 0, type);
        ResolvableType values = ResolvableType.forMethodReturnType(method, type);
        boolean byPosition = values.resolve() == List.class && keys.resolve() == List.class;
        if (!byPosition && values.resolve() != Map.class) {
            throw error(type, method, "returns " + values + ". Return a Map from each key to its value");
        }
        if (!byPosition && keys.resolve() != Set.class && keys.resolve() != Collection.class) {
            throw error(type, method, "takes " + keys + ". Take a Set of the keys");
        }
        ResolvableType key = keys.getGeneric(0);
        ResolvableType value = values.getGeneric(byPosition ? 0 : 1);
        if (key.resolve() == null || value.resolve() == null) {
            throw error(type, method, "does not say of what its keys or values are. Declare their types");
        }
        if (!byPosition && values.getGeneric(0).resolve() != key.resolve()) {
            throw error(
                    type,
                    method,
                    "takes keys of " + key + ", but returns a map from " + values.getGeneric(0) + ". Return a Map<"
                            + key + ", …>");
        }
        return new LoaderMethod(type, method, key, value, byPosition);
    }

    private static BatchLoaderException error(Class<?> type, Method method, String problem) {
        return new BatchLoaderException("@BatchLoader " + type.getName() + "." + method.getName() + "(…) " + problem);
    }

    String name() {
        String name = method.getAnnotation(BatchLoader.class).value();
        return name.isEmpty() ? method.getName() : name;
    }
}
