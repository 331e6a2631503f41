package io.perfkit.testkit.grammar;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;

/**
 * The grammar that the public types of every artifact follow; docs/adr/0007-one-grammar.md says it, and why.
 *
 * <p>The rules look at every public type, so a new one is held to them without being listed anywhere. What they cannot
 * do alone they ask for: a way to make a builder or something that has to be closed, and the pairs of settings that
 * contradict each other. An exception names its subject and its reason, and fails when it is no longer needed.
 *
 * <p>Mutable, for one thread.
 */
public final class Grammar {
    private final Class<?> anchor;
    private final Samples samples = new Samples();
    private final Set<Class<?>> settings = new LinkedHashSet<>();
    private final List<Contradiction> contradictions = new ArrayList<>();
    private final Set<String> exceptions = new LinkedHashSet<>();

    private Grammar(Class<?> anchor) {
        this.anchor = anchor;
    }

    /**
     * The grammar of one artifact.
     *
     * @param anchor any type of its root package
     */
    public static Grammar of(Class<?> anchor) {
        return new Grammar(anchor);
    }

    /** How to make a builder, or an object that has to be closed; called for a new one each time. */
    public <T> Grammar sample(Class<T> type, Callable<? extends T> makesOne) {
        samples.add(type, makesOne);
        return this;
    }

    /** As {@link #sample}, of a type that is set up by its own methods as a builder is, though it builds nothing. */
    public <T> Grammar settings(Class<T> type, Callable<? extends T> makesOne) {
        settings.add(type);
        return sample(type, makesOne);
    }

    /** A good value for parameters of a type of which none can be made up. */
    public <T> Grammar value(Class<T> type, T value) {
        samples.value(type, value);
        return this;
    }

    /** Two settings that exclude each other, and a build that has to fail for it. */
    public Grammar contradiction(String first, String second, Callable<?> build) {
        contradictions.add(new Contradiction(first, second, build));
        return this;
    }

    /**
     * Permits what a rule forbids, in one place.
     *
     * @param rule the rule as violations state it, such as {@code setter}
     * @param subject the type or member as violations state it, such as {@code Batcher.Builder#size}
     * @param reason why, for the reader
     */
    public Grammar except(String rule, String subject, String reason) {
        if (reason.isBlank()) {
            throw new IllegalArgumentException("reason must not be blank");
        }
        exceptions.add("[" + rule + "] " + subject);
        return this;
    }

    /** Checks all public types of the artifact; throws an {@link AssertionError} that lists each violation. */
    public void check() {
        List<Violation> violations = violations(PublicTypes.beside(anchor));
        if (!violations.isEmpty()) {
            StringBuilder message = new StringBuilder("The grammar of docs/adr/0007-one-grammar.md is broken:");
            violations.forEach(violation -> message.append("\n  ").append(violation));
            throw new AssertionError(message.toString());
        }
    }

    List<Violation> violations(List<Class<?>> types) {
        Findings findings = new Findings();
        SetterRules setters = new SetterRules(samples, findings);
        ListenerRules listeners = new ListenerRules(samples, findings);
        for (Class<?> type : types) {
            if (BuilderRules.isBuilder(type)) {
                BuilderRules.check(type, findings);
                setters.check(type);
                listeners.checkSettings(type);
            } else if (settings.contains(type)) {
                setters.check(type);
                listeners.checkSettings(type);
            } else {
                BuilderRules.checkValue(type, findings);
            }
            NameRules.check(type, findings);
            listeners.checkInterface(type);
            EndRules.check(type, samples, findings);
            MeterRules.check(type, findings);
            ExposureRules.check(type, anchor.getPackageName(), findings);
        }
        ExposureRules.checkOneRootOfExceptions(types, anchor.getPackageName(), findings);
        contradictions.forEach(each -> each.check(findings));
        return withoutExceptions(findings.all());
    }

    private List<Violation> withoutExceptions(List<Violation> found) {
        List<Violation> left = new ArrayList<>();
        Set<String> unneeded = new LinkedHashSet<>(exceptions);
        for (Violation violation : found) {
            String key = "[" + violation.rule() + "] " + violation.subject();
            unneeded.remove(key);
            if (!exceptions.contains(key)) {
                left.add(violation);
            }
        }
        unneeded.forEach(
                key -> left.add(new Violation("exception", key, "is permitted but does not occur; remove it")));
        return left;
    }
}
