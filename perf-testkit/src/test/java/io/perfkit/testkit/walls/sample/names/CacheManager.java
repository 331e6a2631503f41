package io.perfkit.testkit.walls.sample.names;

/** Violation: a name that says nothing. */
public final class CacheManager {}
