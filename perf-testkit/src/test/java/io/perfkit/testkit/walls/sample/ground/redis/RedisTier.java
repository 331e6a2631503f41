package io.perfkit.testkit.walls.sample.ground.redis;

import io.perfkit.testkit.walls.sample.ground.spi.Tier;

/** A room that uses the ground. */
public class RedisTier implements Tier {}
