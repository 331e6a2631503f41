package io.perfkit.testkit.walls;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The walls of one artifact: what its root package and each of its other packages may import.
 *
 * <p>Both lists are of what is <em>allowed</em>, so a library that nobody thought of is a violation too. A package that
 * is not declared here is a violation as well: a new room needs a decision.
 *
 * <p>Immutable; each call returns a new instance.
 */
public final class Walls {
    private static final List<String> ALWAYS =
            List.of("java..", "javax.crypto..", "javax.sql..", "org.jspecify.annotations..");

    private final String root;
    private final List<String> mandatory;
    private final Map<String, List<String>> rooms;
    private final List<String> ground;
    private final Layers layers;

    private Walls(
            String root, List<String> mandatory, Map<String, List<String>> rooms, List<String> ground, Layers layers) {
        this.root = root;
        this.mandatory = mandatory;
        this.rooms = rooms;
        this.ground = ground;
        this.layers = layers;
    }

    /** The walls of the artifact whose root package is {@code root}, which may import the JDK and nothing else yet. */
    public static Walls of(String root) {
        return new Walls(root, List.of(), Map.of(), List.of(), Layers.none());
    }

    /** Libraries that the artifact has at run time in any case, as ArchUnit package patterns; every package may use them. */
    public Walls mandatory(String... packages) {
        List<String> all = new ArrayList<>(mandatory);
        all.addAll(List.of(packages));
        return new Walls(root, List.copyOf(all), rooms, ground, layers);
    }

    /**
     * A package below the root, with the libraries that only it may import. It may also use the root package and the
     * packages it lies in, but none beside it.
     *
     * @param name the package's name relative to the root, such as {@code redis} or {@code jobs.redis}
     * @param packages ArchUnit package patterns
     */
    public Walls room(String name, String... packages) {
        Map<String, List<String>> all = new LinkedHashMap<>(rooms);
        all.put(name, List.of(packages));
        return new Walls(root, mandatory, all, ground, layers);
    }

    /**
     * A package below the root that everything else of the artifact stands on: the root and every room may import it, and
     * it imports nothing of the artifact, nor any library.
     *
     * @param name the package's name relative to the root, such as {@code spi}
     */
    public Walls ground(String name) {
        List<String> all = new ArrayList<>(ground);
        all.add(root + "." + name);
        return new Walls(root, mandatory, rooms, List.copyOf(all), layers);
    }

    /** The layers of the root package; without a call, its classes are one set. */
    public Walls layers(Layers drawn) {
        return new Walls(root, mandatory, rooms, ground, drawn);
    }

    /** Checks the compiled main classes below the root package; throws an {@link AssertionError} that lists each violation. */
    public void check() {
        check(new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages(root));
    }

    void check(JavaClasses classes) {
        if (classes.isEmpty()) {
            throw new AssertionError("No classes found below " + root + ": the walls would hold around nothing");
        }
        everyPackageIsARoom(classes);
        everyListenerIsCalled(classes);
        for (ArchRule rule : rules()) {
            rule.allowEmptyShould(true).check(classes);
        }
        if (!layers.isEmpty()) {
            layers.check(root, classes);
        }
    }

    /**
     * What a listener promises to tell and nobody tells is worse than nothing: it looks as if nothing happened. An interface
     * that the artifact itself implements is told by the application, and calls nothing here.
     */
    private static void everyListenerIsCalled(JavaClasses classes) {
        Set<String> silent = classes.stream()
                .filter(type -> type.isInterface() && type.getSimpleName().endsWith("Listener"))
                .filter(type -> type.getAllSubclasses().isEmpty())
                .flatMap(type -> type.getMethods().stream())
                .filter(method -> !method.getModifiers().contains(JavaModifier.STATIC))
                .filter(method -> method.getAccessesToSelf().isEmpty())
                .map(JavaMethod::getFullName)
                .collect(Collectors.toCollection(TreeSet::new));
        if (!silent.isEmpty()) {
            throw new AssertionError("Methods of listeners that no code calls: " + silent);
        }
    }

    private void everyPackageIsARoom(JavaClasses classes) {
        Set<String> undeclared = classes.stream()
                .map(JavaClass::getPackageName)
                .filter(name -> !name.equals(root)
                        && !ground.contains(name)
                        && !rooms.containsKey(name.substring(root.length() + 1)))
                .collect(Collectors.toCollection(TreeSet::new));
        if (!undeclared.isEmpty()) {
            throw new AssertionError("Packages without a room: " + undeclared
                    + ". Declare each with room(name, libraries…) in WallsTest, or move its classes");
        }
    }

    private List<ArchRule> rules() {
        List<ArchRule> rules = new ArrayList<>();
        rules.add(noClasses()
                .should()
                .dependOnClassesThat(resideInAPackage("io.perfkit..").and(resideOutsideOfPackage(root + "..")))
                .because("no artifact of perfkit imports another"));
        rules.add(classes()
                .that()
                .resideInAPackage(root)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed(List.of(root), List.of())))
                .because("a root package imports only what is always there: its mandatory libraries and the JDK"));
        rooms.forEach((name, libraries) -> rules.add(classes()
                .that()
                .resideInAPackage(root + "." + name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed(lineage(name), libraries)))
                .because("a room imports its own libraries and what it lies in, nothing beside it")));
        ground.forEach(name -> rules.add(classes()
                .that()
                .resideInAPackage(name)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(groundImports(name)))
                .because("the ground stands on nothing: it imports the JDK alone")));
        rules.add(slices().matching(root + ".(**)")
                .should()
                .beFreeOfCycles()
                .because("packages that need each other are one package"));
        rules.add(noClasses()
                .should()
                .haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)(\\$.*)?")
                .because("such a name says nothing about what a class is for"));
        return rules;
    }

    /** The root and each package from it down to the room itself. */
    private List<String> lineage(String room) {
        List<String> packages = new ArrayList<>(List.of(root));
        StringBuilder path = new StringBuilder(root);
        for (String part : room.split("\\.", -1)) {
            packages.add(path.append('.').append(part).toString());
        }
        return packages;
    }

    private static String[] groundImports(String name) {
        List<String> all = new ArrayList<>(ALWAYS);
        all.add(name);
        return all.toArray(String[]::new);
    }

    private String[] allowed(List<String> own, List<String> libraries) {
        List<String> all = new ArrayList<>(ALWAYS);
        all.addAll(mandatory);
        all.addAll(ground);
        all.addAll(own);
        all.addAll(libraries);
        return all.toArray(String[]::new);
    }
}
