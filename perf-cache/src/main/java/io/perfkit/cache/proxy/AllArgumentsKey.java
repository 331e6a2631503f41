package io.perfkit.cache.proxy;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The key that is made of a method's name and all of its arguments. A null is an argument like any other. */
final class AllArgumentsKey implements CallKey {

    private final String start;
    private final List<ArgumentText> texts;

    private AllArgumentsKey(String start, List<ArgumentText> texts) {
        this.start = start;
        this.texts = texts;
    }

    static AllArgumentsKey of(AnnotatedMethod annotated, Class<? extends Annotation> annotation) {
        List<ArgumentText> texts = new ArrayList<>();
        for (int i = 0; i < annotated.parameterCount(); i++) {
            ArgumentText text = ArgumentText.of(annotated.keyed(i));
            if (text == null) {
                throw annotated.error(
                        annotation,
                        "and no key, but an argument of type " + annotated.keyed(i)
                                + " has no text that would be the same for equal arguments. Give it a key, such as "
                                + "key = \"{name.property}\"");
            }
            texts.add(text);
        }
        return new AllArgumentsKey(start(annotated), texts);
    }

    /** The beginning that all keys of a method share and no other method of the interface has. */
    private static String start(AnnotatedMethod annotated) {
        String name = annotated.method().getName();
        return annotated.isOverloaded()
                ? name
                        + Arrays.stream(annotated.method().getParameterTypes())
                                .map(Class::getTypeName)
                                .collect(Collectors.joining(",", "<", ">("))
                : name + "(";
    }

    String start() {
        return start;
    }

    @Override
    public boolean uses(int parameter) {
        return true;
    }

    @Override
    public String of(@Nullable Object[] arguments, @Nullable Object result) {
        StringBuilder out = new StringBuilder(start);
        for (int i = 0; i < arguments.length; i++) {
            if (i > 0) {
                out.append(',');
            }
            texts.get(i).write(arguments[i], out);
        }
        return out.append(')').toString();
    }

    /** Never: texts are quoted. */
    @Override
    public boolean isAmbiguous(@Nullable Object[] arguments, @Nullable Object result) {
        return false;
    }
}
