package io.perfkit.testkit.grammar;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;

/** Where a builder stands, how one comes by it, and what its build may throw. */
final class BuilderRules {
    private BuilderRules() {}

    static boolean isBuilder(Class<?> type) {
        return type.getSimpleName().endsWith("Builder") && !type.isInterface();
    }

    static void check(Class<?> builder, Findings findings) {
        Class<?> built = builder.getDeclaringClass();
        if (built == null || !builder.getSimpleName().equals("Builder") || !Modifier.isStatic(builder.getModifiers())) {
            findings.add(
                    "builder", builder, "must be a static class named Builder, nested in the class that it builds");
            return;
        }
        boolean builds = PublicTypes.instanceMethods(builder).stream()
                .anyMatch(method -> method.getName().equals("build")
                        && method.getParameterCount() == 0
                        && built.isAssignableFrom(method.getReturnType()));
        if (!builds) {
            findings.add("builder", builder, "must have a build() that returns " + built.getSimpleName());
        }
        boolean starts = PublicTypes.methods(built).stream()
                .anyMatch(method -> method.getName().equals("builder")
                        && Modifier.isStatic(method.getModifiers())
                        && method.getReturnType() == builder);
        if (!starts) {
            findings.add("builder", builder, "must be had from " + built.getSimpleName() + ".builder(…)");
        }
        if (Arrays.stream(builder.getConstructors()).findAny().isPresent()) {
            findings.add("builder", builder, "must have no public constructor");
        }
        throwsInTheRightPlace(builder, findings);
    }

    /** A value is wrong in its setter, a contradiction shows in build(). */
    private static void throwsInTheRightPlace(Class<?> builder, Findings findings) {
        new ClassFileImporter().importClass(builder).getMethods().forEach(method -> {
            boolean isBuild = method.getName().equals("build");
            Class<?> wrong = isBuild ? IllegalArgumentException.class : IllegalStateException.class;
            boolean isSetter = method.getRawReturnType().isEquivalentTo(builder);
            if ((isBuild || isSetter)
                    && method.getConstructorCallsFromSelf().stream()
                            .anyMatch(call -> call.getTargetOwner().isEquivalentTo(wrong))) {
                findings.all()
                        .add(new Violation(
                                "thrown",
                                Findings.name(builder) + "#" + method.getName(),
                                isBuild
                                        ? "a contradiction must be an IllegalStateException"
                                        : "a bad value must be an IllegalArgumentException"));
            }
        });
    }

    /** What is not a builder is not set up by methods that answer a changed copy: a copy that is not kept is lost. */
    static void checkValue(Class<?> type, Findings findings) {
        if (type.isRecord() || type.isInterface() || type.isEnum()) {
            return;
        }
        for (Method method : PublicTypes.instanceMethods(type)) {
            // A method with type parameters of its own, such as map, answers something else of the same class.
            boolean isCopy = method.getReturnType() == type && method.getTypeParameters().length == 0;
            if (isCopy && method.getParameterCount() > 0) {
                findings.add(
                        "wither",
                        method,
                        "answers a " + type.getSimpleName() + ": put settings in a builder, or permit it for a value");
            }
        }
    }
}
