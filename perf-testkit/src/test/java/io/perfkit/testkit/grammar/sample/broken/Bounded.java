package io.perfkit.testkit.grammar.sample.broken;

public @interface Bounded {
    int maxQueries() default 1;
}
