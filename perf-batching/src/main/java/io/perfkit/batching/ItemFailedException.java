package io.perfkit.batching;

/** The function failed for one item of a {@link Parallel} run; the cause is what it threw. */
public final class ItemFailedException extends BatchingException {
    private static final long serialVersionUID = 1L;

    private final long position;

    ItemFailedException(long position, Throwable cause) {
        super("the item at position " + position + " failed, counted from 0: " + cause, cause);
        this.position = position;
    }

    /**
     * Which item failed.
     *
     * @return counted from 0 in the order of the items
     */
    public long position() {
        return position;
    }

    @Override
    ItemFailedException again() {
        return new ItemFailedException(position, cause());
    }
}
