package io.perfkit.testkit.walls.sample.hovering;

/** What the ground must not know. */
public class Root {}
