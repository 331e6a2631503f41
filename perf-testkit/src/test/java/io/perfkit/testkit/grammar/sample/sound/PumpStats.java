package io.perfkit.testkit.grammar.sample.sound;

public record PumpStats(long strokes) {}
