package io.perfkit.testkit.walls.sample.optional.redis;

/** The room whose library the root has taken. */
public final class Tier {}
