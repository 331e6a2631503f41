package io.perfkit.testkit.walls.sample.ground;

import io.perfkit.testkit.walls.sample.ground.spi.Tier;

/** Uses the ground. */
public class Root {
    public void shared(Tier tier) {}
}
