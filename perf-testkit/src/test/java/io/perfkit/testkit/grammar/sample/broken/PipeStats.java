package io.perfkit.testkit.grammar.sample.broken;

public final class PipeStats {}
