package io.perfkit.testkit.walls.sample.sound.redis;

import io.perfkit.testkit.walls.sample.sound.Root;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Uses its own library and the root package, as a room may. */
public final class Tier extends Root {
    static final Logger LOG = LoggerFactory.getLogger(Tier.class);
}
