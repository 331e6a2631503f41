package io.perfkit.testkit.grammar.sample.broken;

/** Stands at the top. */
public final class ValveBuilder {
    public ValveBuilder() {}
}
