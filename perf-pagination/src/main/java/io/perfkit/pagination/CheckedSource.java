package io.perfkit.pagination;

import java.math.BigDecimal;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Rows as another source reads them, each looked at for what would make pages wrong: a null in a column that was said to
 * have none, and two rows with the same key, between which a page that ended at the first would lose the second. The row
 * that is read beyond the end of a page is among them, so that nothing more has to be read for it.
 *
 * <p>Messages name the places of the rows and never their values, which may be secret.
 */
final class CheckedSource<R extends Record> implements RowSource<R> {

    private final RowSource<R> source;

    CheckedSource(RowSource<R> source) {
        this.source = source;
    }

    @Override
    public String filter() {
        return source.filter();
    }

    @Override
    public boolean isInMemory() {
        return source.isInMemory();
    }

    @Override
    public Slice<R> read(boolean forward, @Nullable Cursor from, int limit) {
        Slice<R> slice = source.read(forward, from, limit);
        List<@Nullable Object> previous = null;
        int place = 0;
        for (R row : slice.rows()) {
            // To ask for the position is to check it for nulls.
            List<@Nullable Object> position = slice.position(row);
            place++;
            if (previous != null && isSame(previous, position)) {
                throw notUnique(place, slice.columns());
            }
            if (previous == null && from != null && !from.inclusive() && isSame(from.values(), position)) {
                throw cameAgain(slice.columns());
            }
            previous = position;
        }
        return slice;
    }

    @Override
    public boolean exists(boolean forward, Cursor from) {
        return source.exists(forward, from);
    }

    @Override
    public Total total(Totals totals) {
        return source.total(totals);
    }

    /** Behind a row, the same row: what the cursor carries is not what the database compares. */
    private static PaginationException cameAgain(List<KeyColumn> columns) {
        return new PaginationException("the row from which a page begins came again as its first one, as the database "
                + "compares a column of the keyset otherwise than its values are read and bound: "
                + columns.stream()
                        .map(column -> column.field() + " of " + column.field().getDataType())
                        .toList()
                + ". Declare the column with the type that it has in the database, or sort by an expression whose values "
                + "are exact, such as a cast");
    }

    private PaginationException notUnique(int place, List<KeyColumn> columns) {
        return new PaginationException(
                "the keyset " + columns.stream().map(KeyColumn::field).toList()
                        + " does not identify a row: rows " + (place - 1) + " and " + place
                        + " of those that were read, counted in the direction of travel, are equal in all of its columns, so "
                        + "that pages would lose or repeat rows. If a join multiplies rows, add a unique key of the joined table "
                        + "to the end of the keyset; if uniqueBy(…) names columns that are not unique together, add those that "
                        + "make them so");
    }

    /** From the last column on, because that is the one that nearly always differs. */
    private static boolean isSame(List<@Nullable Object> left, List<@Nullable Object> right) {
        for (int i = left.size() - 1; i >= 0; i--) {
            if (!isSame(left.get(i), right.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** Equal to a database, which compares numbers without their scale, and times without their offset. */
    private static boolean isSame(@Nullable Object left, @Nullable Object right) {
        if (left instanceof BigDecimal number && right instanceof BigDecimal other) {
            return number.compareTo(other) == 0;
        }
        if (left instanceof OffsetDateTime time && right instanceof OffsetDateTime other) {
            return time.isEqual(other);
        }
        if (left instanceof byte[] bytes && right instanceof byte[] other) {
            return Arrays.equals(bytes, other);
        }
        return Objects.equals(left, right);
    }
}
