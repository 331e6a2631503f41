/**
 * Cursor (keyset) pagination on jOOQ: right with nulls, in both directions, and as fast on page 40,000 as on page 1.
 *
 * <p>{@link io.perfkit.pagination.Keyset} says in which order the rows come, {@link
 * io.perfkit.pagination.CursorPaginator} fetches a {@link io.perfkit.pagination.CursorPage} of any jOOQ select in that
 * order, and {@link io.perfkit.pagination.CursorCodec} turns a position in that order into an opaque, signed text that
 * a client can hold and send back.
 */
@NullMarked
package io.perfkit.pagination;

import org.jspecify.annotations.NullMarked;
