package io.perfkit.connections;

import java.util.List;

/** No object of a {@link BoundedPool} became free in time, or the queue was already too long for that. */
public final class PoolTimeoutException extends ConnectionException {
    private static final long serialVersionUID = 1L;

    private final transient List<Holder> holders;

    PoolTimeoutException(String message, List<Holder> holders) {
        super(message);
        this.holders = List.copyOf(holders);
    }

    /**
     * Who held the objects when the wait ended.
     *
     * @return those who held them longest first; empty after deserialization
     */
    public List<Holder> holders() {
        return holders == null ? List.of() : holders;
    }
}
