package io.perfkit.testkit.walls.sample.ground.spi;

/** Knows nobody. */
public interface Tier {}
