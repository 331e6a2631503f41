package io.perfkit.testkit.grammar.sample.sound;

public class PumpException extends RuntimeException {
    private static final long serialVersionUID = 1L;
}
