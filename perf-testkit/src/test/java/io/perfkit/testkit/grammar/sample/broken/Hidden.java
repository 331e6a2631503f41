package io.perfkit.testkit.grammar.sample.broken;

class Hidden {}
