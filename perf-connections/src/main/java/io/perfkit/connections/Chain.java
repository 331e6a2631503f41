package io.perfkit.connections;

import org.jspecify.annotations.Nullable;

/**
 * A doubly linked list whose links are held by their values, so that any value leaves in constant time without a
 * search. Not thread-safe.
 */
final class Chain<E> {
    private final Link<E> ends = new Link<>(null);

    void addLast(Link<E> link) {
        Link<E> last = ends.previous;
        link.previous = last;
        link.next = ends;
        last.next = link;
        ends.previous = link;
    }

    @Nullable
    E first() {
        return ends.next.value;
    }

    /** The value after {@code link}, or null at the end. */
    @Nullable
    E after(Link<E> link) {
        return link.next.value;
    }

    boolean isEmpty() {
        return ends.next == ends;
    }

    /** Moves all of {@code other} to the front of this chain, in constant time. */
    void prependAll(Chain<E> other) {
        if (other.isEmpty()) {
            return;
        }
        Link<E> first = other.ends.next;
        Link<E> last = other.ends.previous;
        last.next = ends.next;
        ends.next.previous = last;
        ends.next = first;
        first.previous = ends;
        other.ends.next = other.ends;
        other.ends.previous = other.ends;
    }

    static final class Link<E> {
        private final @Nullable E value;
        private Link<E> previous = this;
        private Link<E> next = this;

        Link(@Nullable E value) {
            this.value = value;
        }

        void unlink() {
            previous.next = next;
            next.previous = previous;
            previous = this;
            next = this;
        }
    }
}
