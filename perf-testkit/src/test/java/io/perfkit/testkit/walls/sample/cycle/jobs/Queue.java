package io.perfkit.testkit.walls.sample.cycle.jobs;

/** Violation, one half: the outer package needs the inner one. */
public class Queue {
    final io.perfkit.testkit.walls.sample.cycle.jobs.redis.RedisQueue redis = null;
}
