package io.perfkit.pagination;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A position in an ordering: the key values of one row, whether that row itself counts, and for which direction of
 * travel the cursor was issued.
 */
record Cursor(Use use, boolean inclusive, List<@Nullable Object> values) {

    /** What a cursor may be used for. */
    enum Use {
        /** With {@code after}: it was issued as the next page. */
        FORWARD,
        /** With {@code before}: it was issued as the previous page. */
        BACKWARD,
        /** With both, and with {@code around}: it is the cursor of an item. */
        ITEM;

        static Use of(boolean forward) {
            return forward ? FORWARD : BACKWARD;
        }

        boolean fits(Use wanted) {
            return this == ITEM || wanted == ITEM || this == wanted;
        }
    }

    Cursor withInclusive(boolean included) {
        return included == inclusive ? this : new Cursor(use, included, values);
    }
}
