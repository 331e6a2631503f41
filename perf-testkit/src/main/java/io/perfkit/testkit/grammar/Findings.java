package io.perfkit.testkit.grammar;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;

/** Collects what the rules find, in the words of the one who has to repair it. */
final class Findings {
    private final List<Violation> all = new ArrayList<>();

    void add(String rule, Class<?> type, String message) {
        all.add(new Violation(rule, name(type), message));
    }

    void add(String rule, Method method, String message) {
        all.add(new Violation(rule, name(method.getDeclaringClass()) + "#" + method.getName(), message));
    }

    List<Violation> all() {
        return all;
    }

    /** The simple name, with that of the type it is nested in. */
    static String name(Class<?> type) {
        Class<?> outer = type.getDeclaringClass();
        return outer == null ? type.getSimpleName() : name(outer) + "." + type.getSimpleName();
    }
}
