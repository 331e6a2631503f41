package io.perfkit.testkit.grammar.sample.sound;

public record CloseReport(int unfinished) {}
