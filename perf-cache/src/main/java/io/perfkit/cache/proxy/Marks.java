package io.perfkit.cache.proxy;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * All that one declaration of a method says to the cache: the annotations of the method and of its parameters.
 *
 * @param method those of the method
 * @param parameters those of each parameter
 */
record Marks(Set<Annotation> method, List<Set<Annotation>> parameters) {

    static Marks of(Method declaration) {
        return new Marks(
                Arrays.stream(declaration.getAnnotations())
                        .filter(each -> each instanceof Cached
                                || each instanceof Updates
                                || each instanceof Invalidates
                                || each instanceof Invalidates.Several)
                        .collect(Collectors.toSet()),
                Arrays.stream(declaration.getParameterAnnotations())
                        .map(parameter -> Arrays.stream(parameter)
                                .filter(each -> each instanceof BulkKey || each instanceof KeyName)
                                .collect(Collectors.toSet()))
                        .toList());
    }

    boolean isEmpty() {
        return method.isEmpty() && parameters.stream().allMatch(Set::isEmpty);
    }

    /** Whether the method itself has one of the annotations; those of parameters say nothing alone. */
    boolean isOnMethod() {
        return !method.isEmpty();
    }

    /** The names of the annotations, for messages. */
    String names() {
        List<Annotation> all = new ArrayList<>(method);
        parameters.forEach(all::addAll);
        return all.stream()
                .map(each -> each instanceof Invalidates.Several
                        ? "@Invalidates"
                        : "@" + each.annotationType().getSimpleName())
                .collect(Collectors.toCollection(TreeSet::new))
                .stream()
                .collect(Collectors.joining(" and "));
    }
}
