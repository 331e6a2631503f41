package io.perfkit.testkit.walls.sample.cycle.jobs.redis;

import io.perfkit.testkit.walls.sample.cycle.jobs.Queue;

/** Violation, the other half: the inner package needs the outer one. */
public final class RedisQueue extends Queue {}
