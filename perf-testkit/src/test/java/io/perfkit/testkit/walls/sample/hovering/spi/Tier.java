package io.perfkit.testkit.walls.sample.hovering.spi;

import io.perfkit.testkit.walls.sample.hovering.Root;

/** Imports the root. */
public interface Tier {
    void connect(Root root);
}
