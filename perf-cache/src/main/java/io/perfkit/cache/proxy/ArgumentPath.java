package io.perfkit.cache.proxy;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way from the arguments of a call, or its result, to a value: {@code id}, {@code product.categoryId}. */
final class ArgumentPath {

    /** Stands for the value that the method returned, unless a parameter has this name. */
    private static final String RESULT = "result";

    private static final int OF_RESULT = -1;

    private final int parameter;
    private final List<ArgumentProperty> properties;
    private final Class<?> type;

    private ArgumentPath(int parameter, List<ArgumentProperty> properties, Class<?> type) {
        this.parameter = parameter;
        this.properties = properties;
        this.type = type;
    }

    static ArgumentPath of(
            AnnotatedMethod annotated,
            Class<? extends Annotation> annotation,
            String attribute,
            String template,
            String path,
            @Nullable ResolvedType result) {
        String[] names = path.split("\\.", -1);
        int parameter = annotated.indexOf(names[0]);
        ResolvedType type;
        if (parameter >= 0) {
            type = annotated.keyed(parameter);
        } else if (names[0].equals(RESULT) && result != null) {
            type = result;
        } else {
            throw annotated.error(annotation, attribute, template, unknown(annotated, annotation, names[0]));
        }
        List<ArgumentProperty> properties = new ArrayList<>();
        for (int i = 1; i < names.length; i++) {
            ArgumentProperty property;
            try {
                property = names[i].isEmpty() ? null : ArgumentProperty.of(type, names[i]);
            } catch (IllegalArgumentException e) {
                throw annotated.error(annotation, attribute, template, "but " + e.getMessage());
            }
            if (property == null) {
                throw annotated.error(
                        annotation,
                        attribute,
                        template,
                        "but " + type + " has no property '" + names[i]
                                + "': no public method of that name or its getter, and no public field. Correct the "
                                + "name, or add it");
            }
            properties.add(property);
            type = property.type();
        }
        if (!ArgumentText.isPlain(type)) {
            throw annotated.error(
                    annotation, attribute, template, "but {" + path + "} is a " + type + remedy(annotated, parameter));
        }
        return new ArgumentPath(Math.max(parameter, OF_RESULT), List.copyOf(properties), type.raw());
    }

    /** What it leads to: a type with a plain text. */
    Class<?> type() {
        return type;
    }

    private static String unknown(AnnotatedMethod annotated, Class<? extends Annotation> annotation, String name) {
        if (name.equals(RESULT)) {
            return annotation == Cached.class
                    ? "but the key is needed before there is a result. Its parameters: " + annotated.names()
                    : "but the method has no result";
        }
        if (annotated.hidesNames()) {
            return "but the names of the parameters are not in the class file. Compile it with -parameters, or annotate "
                    + "the parameter with @KeyName(\"" + name + "\")";
        }
        return "but the method has no parameter '" + name + "'. Its parameters: " + annotated.names();
    }

    private static String remedy(AnnotatedMethod annotated, int parameter) {
        boolean collection = parameter >= 0
                && java.util.Collection.class.isAssignableFrom(
                        annotated.keyed(parameter).raw());
        return ", which has no text of its own. "
                + (collection
                        ? "Annotate the parameter with @BulkKey to have an entry for each element, or leave the key out"
                        : "Name one of its properties");
    }

    /** The index of the parameter where it begins, or -1 for the result. */
    int parameter() {
        return parameter;
    }

    /** The value, or null if something on the way is null. */
    @Nullable
    Object read(@Nullable Object[] arguments, @Nullable Object result) {
        Object value = parameter == OF_RESULT ? result : arguments[parameter];
        for (ArgumentProperty each : properties) {
            if (value == null) {
                return null;
            }
            value = each.read(value);
        }
        return value;
    }
}
