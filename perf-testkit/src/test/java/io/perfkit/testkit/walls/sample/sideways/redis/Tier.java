package io.perfkit.testkit.walls.sample.sideways.redis;

/** A room. */
public final class Tier {}
