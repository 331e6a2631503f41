package io.perfkit.testkit.grammar.sample.sound;

public interface PumpListener {
    default void onStroke() {}
}
