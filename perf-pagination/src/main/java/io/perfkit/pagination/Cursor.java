package io.perfkit.pagination;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A position in an ordering: the key values of one row, whether that row itself counts, and for which direction of
 * travel the cursor was issued.
 */
record Cursor(boolean forward, boolean inclusive, List<@Nullable Object> values) {}
