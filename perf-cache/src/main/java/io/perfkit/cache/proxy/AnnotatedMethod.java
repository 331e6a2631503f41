package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A method of an interface for which a proxy is being made: its types, the names of its parameters, its mistakes. What
 * is annotated is its declaration in the interface, or the method of the class that it calls.
 */
final class AnnotatedMethod {

    private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_$][\\p{L}\\p{N}_$]*");

    private final Class<?> type;
    private final Method method;
    private final Method declaration;
    private final List<ResolvedType> parameters;
    private final List<@Nullable String> names = new ArrayList<>();
    private final ResolvedType returned;
    private final @Nullable Integer bulk;

    /** A method that is annotated in the interface. */
    AnnotatedMethod(Class<?> type, Method method) {
        this(type, method, method, ResolvedType.bindings(ResolvedType.ofClass(type)));
    }

    /** A method that is annotated in the class. */
    AnnotatedMethod(Class<?> type, Method method, Method declaration, TargetClass target) {
        this(type, method, declaration, target.bindings());
    }

    private AnnotatedMethod(
            Class<?> type, Method method, Method declaration, Map<TypeVariable<?>, ResolvedType> bindings) {
        this.type = type;
        this.method = method;
        this.declaration = declaration;
        parameters = Arrays.stream(declaration.getGenericParameterTypes())
                .map(each -> ResolvedType.of(each, bindings))
                .toList();
        returned = ResolvedType.of(method.getGenericReturnType(), bindings);
        Integer bulkKey = null;
        Parameter[] declared = declaration.getParameters();
        for (int i = 0; i < declared.length; i++) {
            names.add(name(declared[i]));
            if (declared[i].isAnnotationPresent(BulkKey.class)) {
                if (bulkKey != null) {
                    throw error("has @BulkKey on two parameters. Leave it on the one whose elements are cached");
                }
                checkBulk(i);
                bulkKey = i;
            }
        }
        bulk = bulkKey;
    }

    private @Nullable String name(Parameter parameter) {
        KeyName key = parameter.getAnnotation(KeyName.class);
        if (key == null) {
            return parameter.isNamePresent() ? parameter.getName() : null;
        }
        if (!IDENTIFIER.matcher(key.value()).matches()) {
            throw error("has @KeyName(\"" + key.value() + "\"), which is no name. Use letters and digits");
        }
        if (names.contains(key.value())) {
            throw error("has two parameters named '" + key.value() + "'. Give them different names by @KeyName");
        }
        return key.value();
    }

    private void checkBulk(int index) {
        ResolvedType parameter = parameters.get(index);
        if (parameter.raw() != Collection.class && parameter.raw() != Set.class && parameter.raw() != List.class) {
            throw error("has @BulkKey on a " + parameter + ". Declare that parameter as a Collection, Set or List");
        }
        if (parameter.arguments().isEmpty()) {
            throw error("has @BulkKey on a " + parameter + " that does not say of what. Declare its element type");
        }
    }

    /** The method of the interface, as it is called. */
    Method method() {
        return method;
    }

    /** What has the annotations: the same method, or that of the class. */
    Method declaration() {
        return declaration;
    }

    Class<?> type() {
        return type;
    }

    ResolvedType returned() {
        return returned;
    }

    int parameterCount() {
        return parameters.size();
    }

    /** The index of the parameter whose elements have a key each, or null. */
    @Nullable
    Integer bulk() {
        return bulk;
    }

    /** The type of a parameter as keys see it: of a bulk parameter, that of an element. */
    ResolvedType keyed(int index) {
        ResolvedType parameter = parameters.get(index);
        return bulk != null && bulk == index ? parameter.arguments().get(0) : parameter;
    }

    ResolvedType parameter(int index) {
        return parameters.get(index);
    }

    /** The index of a parameter, or -1 if there is none of this name. */
    int indexOf(String name) {
        return names.indexOf(name);
    }

    /** The name of a parameter, or null if it is not known. */
    @Nullable
    String nameOf(int index) {
        return names.get(index);
    }

    /** Whether some parameter's name is neither in the class file nor in an annotation. */
    boolean hidesNames() {
        return names.contains(null);
    }

    /** The names that templates may use. */
    String names() {
        return names.isEmpty() ? "none" : names.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Whether the interface has another method of the same name, so that the name alone is no key. */
    boolean isOverloaded() {
        return Arrays.stream(type.getMethods())
                .anyMatch(other -> other.getName().equals(method.getName())
                        && !other.isBridge()
                        && !Arrays.equals(other.getParameterTypes(), method.getParameterTypes()));
    }

    private static String types(Method method) {
        return Arrays.stream(method.getParameterTypes())
                .map(Class::getSimpleName)
                .collect(Collectors.joining(", ", "(", ")"));
    }

    /** A method's name and the types of its parameters. */
    static String signature(Method method) {
        return method.getName() + types(method);
    }

    /** A mistake in the method itself. */
    CacheException error(String problem) {
        Class<?> place = declaration.equals(method) ? type : declaration.getDeclaringClass();
        return new CacheException(place.getName() + "." + signature(declaration) + " " + problem);
    }

    /** A mistake in one of the method's annotations. */
    CacheException error(Class<? extends Annotation> annotation, String problem) {
        return error("has @" + annotation.getSimpleName() + ", " + problem);
    }

    /** A mistake in the value of an annotation's attribute. */
    CacheException error(Class<? extends Annotation> annotation, String attribute, String value, String problem) {
        return error("has @" + annotation.getSimpleName() + "(" + attribute + " = \"" + value + "\"), " + problem);
    }
}
