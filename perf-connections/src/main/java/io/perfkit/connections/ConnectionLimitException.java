package io.perfkit.connections;

/** A registration was rejected because it would have exceeded a limit. Nothing of it stays behind. */
public final class ConnectionLimitException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    private final Limit limit;
    private final int maximum;

    ConnectionLimitException(String registry, Limit limit, int maximum, Object owner) {
        super(message(registry, limit, maximum, owner));
        this.limit = limit;
        this.maximum = maximum;
    }

    private static String message(String registry, Limit limit, int maximum, Object owner) {
        String full = limit == Limit.PER_OWNER
                ? "owner '" + owner + "' already has maximumPerOwner=" + maximum + " connections"
                : "all of maximumTotal=" + maximum + " connections are taken";
        return "Registry '" + registry + "' is full: " + full
                + ". Let the client try again later, raise the limit, or choose whenFull(EVICT_IDLEST).";
    }

    /**
     * The limit that was hit.
     *
     * @return {@link Limit#PER_OWNER} if both were
     */
    public Limit limit() {
        return limit;
    }

    /**
     * The value of the limit that was hit.
     *
     * @return a number of connections
     */
    public int maximum() {
        return maximum;
    }

    /** The limits of a {@link ConnectionRegistry}. */
    public enum Limit {
        /** {@code maximumTotal}. */
        TOTAL,
        /** {@code maximumPerOwner}. */
        PER_OWNER
    }
}
