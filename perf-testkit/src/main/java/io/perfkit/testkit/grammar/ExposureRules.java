package io.perfkit.testkit.grammar;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Nothing public shows what is not, and an artifact has one root of its unchecked exceptions. */
final class ExposureRules {
    private static final String RULE = "exposed";

    private ExposureRules() {}

    static void check(Class<?> type, String root, Findings findings) {
        Set<Class<?>> mentioned = new LinkedHashSet<>();
        collect(type.getGenericSuperclass(), mentioned);
        Stream.of(type.getGenericInterfaces()).forEach(each -> collect(each, mentioned));
        for (Field field : type.getDeclaredFields()) {
            if (isSeen(field.getModifiers(), type)) {
                collect(field.getGenericType(), mentioned);
            }
        }
        for (Constructor<?> constructor : type.getDeclaredConstructors()) {
            if (isSeen(constructor.getModifiers(), type)) {
                Stream.of(constructor.getGenericParameterTypes()).forEach(each -> collect(each, mentioned));
            }
        }
        report(type, mentioned, root, findings);
        for (Method method : type.getDeclaredMethods()) {
            if (isSeen(method.getModifiers(), type) && !method.isSynthetic()) {
                Set<Class<?>> ofMethod = new LinkedHashSet<>();
                collect(method.getGenericReturnType(), ofMethod);
                Stream.of(method.getGenericParameterTypes()).forEach(each -> collect(each, ofMethod));
                Stream.of(method.getGenericExceptionTypes()).forEach(each -> collect(each, ofMethod));
                hidden(ofMethod, root).forEach(each -> findings.add(RULE, method, each + " is not public"));
            }
        }
    }

    private static void report(Class<?> type, Set<Class<?>> mentioned, String root, Findings findings) {
        hidden(mentioned, root).forEach(each -> findings.add(RULE, type, each + " is not public"));
    }

    private static List<String> hidden(Set<Class<?>> mentioned, String root) {
        return mentioned.stream()
                .filter(each -> (each.getPackageName() + ".").startsWith(root + "."))
                .filter(each -> !PublicTypes.isVisible(each))
                .map(Findings::name)
                .toList();
    }

    private static boolean isSeen(int modifiers, Class<?> type) {
        return Modifier.isPublic(modifiers)
                || (Modifier.isProtected(modifiers) && !Modifier.isFinal(type.getModifiers()));
    }

    private static void collect(Type type, Set<Class<?>> into) {
        if (type instanceof Class<?> plain) {
            into.add(plain.isArray() ? plain.getComponentType() : plain);
        } else if (type instanceof ParameterizedType generic) {
            collect(generic.getRawType(), into);
            Stream.of(generic.getActualTypeArguments()).forEach(each -> collect(each, into));
        } else if (type instanceof GenericArrayType array) {
            collect(array.getGenericComponentType(), into);
        } else if (type instanceof WildcardType wildcard) {
            Stream.of(wildcard.getUpperBounds()).forEach(each -> collect(each, into));
            Stream.of(wildcard.getLowerBounds()).forEach(each -> collect(each, into));
        }
    }

    static void checkOneRootOfExceptions(List<Class<?>> types, String root, Findings findings) {
        List<Class<?>> roots = types.stream()
                .filter(RuntimeException.class::isAssignableFrom)
                .filter(type -> !(type.getSuperclass().getPackageName() + ".").startsWith(root + "."))
                .toList();
        if (roots.size() > 1) {
            roots.forEach(each -> findings.add(
                    "exception", each, "an artifact has one unchecked root, but these are " + roots.size()));
        }
    }
}
