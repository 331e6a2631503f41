package io.perfkit.testkit.walls;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The layers of one package that has too many classes to be seen at a glance: which of its classes belong together, and
 * which of these sets may know which. Sets are told by patterns of class names, from the bottom up; a set may know those
 * that are named for it, and they come before it, so the sets have no cycles.
 *
 * <p>As with {@link Walls}, what is listed is what is <em>allowed</em>. A class in no set or in two is a violation, and so
 * are a set without a class and a permission that nothing uses: the drawing says how it is, not how it might be.
 *
 * <p>Immutable; each call returns a new instance.
 */
public final class Layers {
    private record Layer(String name, Pattern classes, Set<String> knows) {}

    private final Map<String, Layer> layers;

    private Layers(Map<String, Layer> layers) {
        this.layers = layers;
    }

    /** No layer yet. */
    public static Layers none() {
        return new Layers(Map.of());
    }

    /**
     * One layer more, on top of those that it knows.
     *
     * @param name what it is called
     * @param classes a regular expression for the simple names of its top-level classes
     * @param knows the layers that it may know beside itself
     * @throws IllegalArgumentException if it is there already, or one that it knows does not come before it
     */
    public Layers layer(String name, String classes, String... knows) {
        if (layers.containsKey(name)) {
            throw new IllegalArgumentException("There are two layers '" + name + "'");
        }
        for (String known : knows) {
            if (!layers.containsKey(known)) {
                throw new IllegalArgumentException("Layer '" + name + "' knows '" + known
                        + "', which does not come before it: name the layers from the bottom up");
            }
        }
        Map<String, Layer> all = new LinkedHashMap<>(layers);
        all.put(name, new Layer(name, Pattern.compile(classes), Set.of(knows)));
        return new Layers(all);
    }

    boolean isEmpty() {
        return layers.isEmpty();
    }

    /** Throws an {@link AssertionError} that lists each violation in the package. */
    void check(String root, JavaClasses classes) {
        List<String> violations = new ArrayList<>();
        Map<String, Layer> byClass = assigned(root, classes, violations);
        Set<String> used = new TreeSet<>();
        for (JavaClass type : classes) {
            Layer from = byClass.get(topLevel(type));
            if (from != null) {
                for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                    Layer to = byClass.get(topLevel(dependency.getTargetClass().getBaseComponentType()));
                    if (to != null && !to.equals(from)) {
                        used.add(permission(from, to.name()));
                        if (!from.knows().contains(to.name())) {
                            violations.add("'" + from.name() + "' may not know '" + to.name() + "': "
                                    + dependency.getDescription());
                        }
                    }
                }
            }
        }
        for (Layer layer : layers.values()) {
            if (!byClass.containsValue(layer)) {
                violations.add("'" + layer.name() + "' has no class: its pattern is " + layer.classes());
            }
            for (String known : layer.knows()) {
                if (!used.contains(permission(layer, known))) {
                    violations.add("'" + layer.name() + "' may know '" + known + "' and does not: take that out");
                }
            }
        }
        if (!violations.isEmpty()) {
            throw new AssertionError("The layers of " + root + " do not hold:"
                    + violations.stream()
                            .sorted()
                            .distinct()
                            .map(v -> "\n  " + v)
                            .collect(Collectors.joining()));
        }
    }

    private Map<String, Layer> assigned(String root, JavaClasses classes, List<String> violations) {
        Map<String, Layer> byClass = new LinkedHashMap<>();
        for (JavaClass type : classes) {
            if (!type.getPackageName().equals(root) || !topLevel(type).equals(type.getName()) || isPackageInfo(type)) {
                continue;
            }
            List<Layer> of = layers.values().stream()
                    .filter(layer ->
                            layer.classes().matcher(type.getSimpleName()).matches())
                    .toList();
            if (of.size() == 1) {
                byClass.put(type.getName(), of.get(0));
            } else {
                violations.add(type.getSimpleName() + " belongs to " + of.size() + " layers "
                        + of.stream().map(Layer::name).toList() + ", and should to one");
            }
        }
        return byClass;
    }

    private static boolean isPackageInfo(JavaClass type) {
        return type.getSimpleName().equals("package-info");
    }

    private static String permission(Layer from, String to) {
        return from.name() + " -> " + to;
    }

    private static String topLevel(JavaClass type) {
        String name = type.getName();
        int nested = name.indexOf('$');
        return nested < 0 ? name : name.substring(0, nested);
    }
}
