package io.perfkit.testkit.grammar.sample.broken;

public class OneException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
