package io.perfkit.cache;

/**
 * The bound of the local tier, which holds for each region separately: ten regions with a {@code maximumSize} of
 * 10,000 hold up to 100,000 entries. Not thread-safe.
 */
public final class LocalOptions {

    static final long DEFAULT_MAXIMUM_SIZE = 10_000;

    private long maximumSize = -1;
    private long maximumWeight = -1;

    LocalOptions() {}

    /**
     * Bounds each region by the number of its entries. The default is 10,000.
     *
     * @param entries at least 1
     * @return these options
     */
    public LocalOptions maximumSize(long entries) {
        this.maximumSize = Checks.atLeastOne("maximumSize", entries);
        return this;
    }

    /**
     * Bounds each region by the bytes of its entries: the encoded value, two bytes per character of the key, and a
     * fixed 64 for the bookkeeping. The live objects of a region usually take more than their encoded form; measure.
     * Every stored value is encoded to be weighed, also where it stays in the local tier.
     *
     * @param bytes at least 1
     * @return these options
     */
    public LocalOptions maximumWeight(long bytes) {
        this.maximumWeight = Checks.atLeastOne("maximumWeight", bytes);
        return this;
    }

    void check() {
        if (maximumSize >= 0 && maximumWeight >= 0) {
            throw new IllegalStateException("maximumSize (" + maximumSize + ") and maximumWeight (" + maximumWeight
                    + ") exclude each other: bound the local tier by entries or by bytes");
        }
    }

    boolean weighted() {
        return maximumWeight >= 0;
    }

    long bound() {
        return weighted() ? maximumWeight : maximumSize >= 0 ? maximumSize : DEFAULT_MAXIMUM_SIZE;
    }
}
