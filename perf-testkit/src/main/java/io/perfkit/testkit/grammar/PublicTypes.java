package io.perfkit.testkit.grammar;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** What users can see of an artifact. */
final class PublicTypes {
    private PublicTypes() {}

    /** The public types that were compiled together with the given one, in its package and below. */
    static List<Class<?>> beside(Class<?> anchor) {
        URL place = Objects.requireNonNull(anchor.getProtectionDomain().getCodeSource(), "source of " + anchor)
                .getLocation();
        String root = anchor.getPackageName();
        List<Class<?>> types = new ClassFileImporter()
                .importUrl(place).stream()
                        .filter(type -> (type.getPackageName() + ".").startsWith(root + "."))
                        .filter(type -> !type.getSimpleName().equals("package-info"))
                        .<Class<?>>map(JavaClass::reflect)
                        .filter(PublicTypes::isVisible)
                        .sorted(Comparator.comparing(Class::getName))
                        .toList();
        if (types.isEmpty()) {
            throw new AssertionError("No public types found beside " + anchor + ": the rules would hold of nothing");
        }
        return types;
    }

    /** Public, and nested only in what is public. */
    static boolean isVisible(Class<?> type) {
        if (type.isAnonymousClass() || type.isLocalClass() || !Modifier.isPublic(type.getModifiers())) {
            return false;
        }
        Class<?> outer = type.getDeclaringClass();
        return outer == null || isVisible(outer);
    }

    /** The public methods that the type itself declares, without those the compiler added. */
    static List<Method> methods(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()))
                .filter(method -> !method.isSynthetic() && !method.isBridge())
                .sorted(Comparator.comparing(Method::toString))
                .toList();
    }

    static List<Method> instanceMethods(Class<?> type) {
        return methods(type).stream()
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .toList();
    }
}
