package io.perfkit.pagination;

/**
 * An answer that may be unknown.
 *
 * <p>A page answers with it whether there are rows on either side. Where looking would cost a query that was switched
 * off, the answer is {@link #UNKNOWN} and never a guess.
 */
public enum Tristate {
    /** It is so. */
    YES,
    /** It is not so. */
    NO,
    /** Nobody looked. */
    UNKNOWN;

    /**
     * Whether it is known to be so.
     *
     * @return true for {@link #YES} only
     */
    public boolean isYes() {
        return this == YES;
    }

    /**
     * Whether it is known not to be so.
     *
     * @return true for {@link #NO} only
     */
    public boolean isNo() {
        return this == NO;
    }

    /**
     * The answer as a boolean, for a view that has no third value.
     *
     * @param whenUnknown what {@link #UNKNOWN} becomes
     * @return the answer
     */
    public boolean orElse(boolean whenUnknown) {
        return this == UNKNOWN ? whenUnknown : this == YES;
    }

    static Tristate of(boolean answer) {
        return answer ? YES : NO;
    }
}
