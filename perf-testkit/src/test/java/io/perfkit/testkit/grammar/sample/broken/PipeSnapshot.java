package io.perfkit.testkit.grammar.sample.broken;

public record PipeSnapshot(long litres) {}
