package io.perfkit.testkit.grammar.sample.broken;

public class ClassListener {}
