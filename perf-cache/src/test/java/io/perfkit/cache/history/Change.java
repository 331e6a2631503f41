package io.perfkit.cache.history;

import java.util.Set;

/**
 * An invalidation or a {@code put}: what it was called with, and when it began, returned and was acknowledged.
 *
 * <p>It is handed to the {@link Checker} before it is called. Each later instant is taken first and written second, so
 * whoever sees it knows that it has passed.
 */
final class Change {

    static final long NEVER = Long.MAX_VALUE;

    enum Kind {
        PUT,
        KEY,
        PATTERN,
        TAG,
        EVERYTHING
    }

    private final long id;
    private final int node;
    private final Kind kind;
    private final String subject;
    private final Set<String> keys;
    private final long startedAt;
    private volatile long returnedAt = NEVER;
    private volatile long acknowledgedAt = NEVER;

    /**
     * A change that begins now.
     *
     * @param keys the keys it hits; empty for a tag, which hits values
     */
    Change(long id, int node, Kind kind, String subject, Set<String> keys, long startedAt) {
        this.id = id;
        this.node = node;
        this.kind = kind;
        this.subject = subject;
        this.keys = keys;
        this.startedAt = startedAt;
    }

    long id() {
        return id;
    }

    int node() {
        return node;
    }

    Kind kind() {
        return kind;
    }

    String subject() {
        return subject;
    }

    Set<String> keys() {
        return keys;
    }

    long startedAt() {
        return startedAt;
    }

    long returnedAt() {
        return returnedAt;
    }

    long acknowledgedAt() {
        return acknowledgedAt;
    }

    Change returned(long at) {
        returnedAt = at;
        return this;
    }

    Change acknowledged(long at) {
        acknowledgedAt = at;
        return this;
    }
}
