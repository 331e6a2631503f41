package io.perfkit.testkit.walls.sample.layered;

/** Stands on stones; knows one of them by the type of its array. */
final class Wall {
    final Stone.Piece[] pieces = {};
    private final Stone lowest = new Stone();

    Stone lowest() {
        return lowest;
    }
}
