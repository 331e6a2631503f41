package io.perfkit.benchmarks.cache;

/** The value that is cached; every side hands out the same instance again, without copying. */
record UserProfile(long id, String name) {}
