package io.perfkit.cache;

import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The key that is made of a method's name and all of its arguments. A null is an argument like any other. */
final class ProxyArguments implements ProxyKey {

    private final String start;
    private final List<ProxyText> texts;

    private ProxyArguments(String start, List<ProxyText> texts) {
        this.start = start;
        this.texts = texts;
    }

    static ProxyArguments of(ProxySite site, Class<? extends Annotation> annotation) {
        List<ProxyText> texts = new ArrayList<>();
        for (int i = 0; i < site.parameterCount(); i++) {
            ProxyText text = ProxyText.of(site.keyed(i));
            if (text == null) {
                throw site.error(
                        annotation,
                        "and no key, but an argument of type " + site.keyed(i)
                                + " has no text that would be the same for equal arguments. Give it a key, such as "
                                + "key = \"{name.property}\"");
            }
            texts.add(text);
        }
        return new ProxyArguments(start(site), texts);
    }

    /** The beginning that all keys of a method share and no other method of the interface has. */
    private static String start(ProxySite site) {
        String name = site.method().getName();
        return site.isOverloaded()
                ? name
                        + Arrays.stream(site.method().getParameterTypes())
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
}
