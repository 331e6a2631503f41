package io.perfkit.testkit.grammar.sample.broken;

public interface ValveListener {
    void onOpen();
}
