package io.perfkit.testkit.walls.sample.layered;

/** Stands on walls, and looks down to the stones. */
final class Roof {
    Runnable above(Wall wall) {
        return () -> wall.lowest().toString();
    }
}
