package io.perfkit.testkit.walls.sample.other;

/** Stands for another artifact of perfkit. */
public final class Artifact {}
