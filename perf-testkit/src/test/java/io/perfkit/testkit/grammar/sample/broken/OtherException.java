package io.perfkit.testkit.grammar.sample.broken;

public class OtherException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
