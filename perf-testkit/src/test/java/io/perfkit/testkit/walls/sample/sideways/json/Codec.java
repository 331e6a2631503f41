package io.perfkit.testkit.walls.sample.sideways.json;

import io.perfkit.testkit.walls.sample.sideways.redis.Tier;

/** Violation: reaches into the room beside it. */
public final class Codec {
    final Tier tier = new Tier();
}
