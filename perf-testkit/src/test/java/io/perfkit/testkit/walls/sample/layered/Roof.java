package io.perfkit.testkit.walls.sample.layered;

import java.util.function.IntSupplier;

/** Stands on walls, and looks down to the stones. */
final class Roof {
    IntSupplier load(Wall wall) {
        return () -> wall.lowest().weight();
    }
}
