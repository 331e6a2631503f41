package io.perfkit.connections;

/** An object of a pool, in its slot. */
final class Pooled<T> {
    final T value;
    final long createdNanos;
    final int generation;
    long usedNanos;

    Pooled(T value, int generation, long nowNanos) {
        this.value = value;
        this.generation = generation;
        this.createdNanos = nowNanos;
        this.usedNanos = nowNanos;
    }
}
