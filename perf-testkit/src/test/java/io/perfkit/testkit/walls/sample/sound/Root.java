package io.perfkit.testkit.walls.sample.sound;

/** Imports nothing but the JDK. */
public class Root {}
