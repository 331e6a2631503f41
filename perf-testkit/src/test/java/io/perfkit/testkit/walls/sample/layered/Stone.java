package io.perfkit.testkit.walls.sample.layered;

/** At the bottom. */
final class Stone {
    record Piece(int weight) {}

    int weight() {
        return 1;
    }
}
