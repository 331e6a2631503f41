package io.perfkit.pagination;

import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Orders key values as a keyset says: directions, places of nulls. Values of one column are compared as databases do:
 * texts by code point (a binary or C collation), bytes and UUIDs as unsigned, numbers and times by their natural order,
 * enums by declaration.
 */
final class KeyComparator implements Comparator<List<@Nullable Object>> {

    private final List<KeyColumn> columns;

    KeyComparator(List<KeyColumn> columns) {
        this.columns = columns;
    }

    @Override
    public int compare(List<@Nullable Object> left, List<@Nullable Object> right) {
        for (int i = 0; i < columns.size(); i++) {
            int compared = compare(columns.get(i), left.get(i), right.get(i));
            if (compared != 0) {
                return compared;
            }
        }
        return 0;
    }

    private static int compare(KeyColumn column, @Nullable Object left, @Nullable Object right) {
        if (left == null || right == null) {
            if (left == right) {
                return 0;
            }
            return (left == null) == column.nullsFirst() ? -1 : 1;
        }
        int compared = values(left, right);
        return column.ascending() ? compared : -compared;
    }

    private static int values(Object left, Object right) {
        if (left instanceof String text && right instanceof String other) {
            return Arrays.compare(
                    text.codePoints().toArray(), other.codePoints().toArray());
        }
        if (left instanceof byte[] bytes && right instanceof byte[] other) {
            return Arrays.compareUnsigned(bytes, other);
        }
        if (left instanceof UUID uuid && right instanceof UUID other) {
            int high = Long.compareUnsigned(uuid.getMostSignificantBits(), other.getMostSignificantBits());
            return high != 0
                    ? high
                    : Long.compareUnsigned(uuid.getLeastSignificantBits(), other.getLeastSignificantBits());
        }
        if (left instanceof OffsetDateTime time && right instanceof OffsetDateTime other) {
            return time.toInstant().compareTo(other.toInstant());
        }
        return natural(left, right);
    }

    @SuppressWarnings("unchecked")
    private static int natural(Object left, Object right) {
        if (left instanceof Comparable<?> comparable) {
            return Integer.signum(((Comparable<Object>) comparable).compareTo(right));
        }
        throw new PaginationException("values of " + left.getClass().getName() + " have no order in memory");
    }
}
