package io.perfkit.pagination;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Keys that MariaDB and MySQL do not sort by in full. They sort texts and bytes by the first {@code max_sort_length} bytes
 * of their sort keys, 1,024 unless it was set, and compare them in full; so two values that differ only behind that have
 * one order in ORDER BY and may have the other in a condition, and pages would lose rows. They come one after the other,
 * so that they are seen where they are read, the row behind the page included.
 *
 * <p>How many bytes a character has in a sort key depends on the collation, and so does what is equal; both are taken for
 * the most that is usual.
 */
final class LongKeys {

    private static final int SORTED_BYTES = 1_024;

    private static final int BYTES_OF_A_CHARACTER = 4;

    private static final Pattern ACCENTS = Pattern.compile("\\p{M}+");

    private LongKeys() {}

    static void verify(DSLContext dsl, List<? extends Record> rows, List<KeyColumn> columns, int[] positions) {
        for (int i = 0; i < positions.length; i++) {
            KeyColumn column = columns.get(i);
            Class<?> stored = column.type().stored();
            if ((stored == String.class || stored == byte[].class)
                    && isAlikeSomewhere(rows, column, positions[i], SORTED_BYTES)) {
                int sorted = sortedBytes(dsl);
                if (sorted <= SORTED_BYTES || isAlikeSomewhere(rows, column, positions[i], sorted)) {
                    throw new PaginationException("keyset column " + column.field()
                            + " has values in rows that were read which may differ only behind the first " + sorted
                            + " bytes of their sort keys: by more the database does not sort (max_sort_length), but it "
                            + "compares all, so that pages would lose or repeat rows. Raise max_sort_length for these "
                            + "sessions, or sort by the beginning in its place, DSL.left(column, 200)");
                }
            }
        }
    }

    private static int sortedBytes(DSLContext dsl) {
        Record setting = dsl.fetchOne("select @@max_sort_length");
        return setting == null ? SORTED_BYTES : setting.get(0, Integer.class);
    }

    private static boolean isAlikeSomewhere(List<? extends Record> rows, KeyColumn column, int position, int bytes) {
        Object previous = null;
        for (Record row : rows) {
            Object read = row.get(position < 0 ? row.size() + position : position);
            // Nearly all values are short, and need no look at what they are carried as.
            Object value = isShort(read, bytes) ? null : column.type().toCursor(read);
            if (value != null && previous != null && !isSame(value, previous) && isAlike(value, previous, bytes)) {
                return true;
            }
            previous = value;
        }
        return false;
    }

    private static boolean isShort(@Nullable Object read, int bytes) {
        return read == null
                || (read instanceof String text && text.length() < bytes / BYTES_OF_A_CHARACTER)
                || (read instanceof byte[] content && content.length < bytes);
    }

    private static boolean isSame(Object left, Object right) {
        return (left instanceof byte[] bytes && right instanceof byte[] others)
                ? Arrays.equals(bytes, others)
                : left.equals(right);
    }

    private static boolean isAlike(Object left, Object right, int bytes) {
        if (left instanceof byte[] content && right instanceof byte[] other) {
            return content.length >= bytes
                    && other.length >= bytes
                    && Arrays.equals(content, 0, bytes, other, 0, bytes);
        }
        int characters = bytes / BYTES_OF_A_CHARACTER;
        return left instanceof String text
                && right instanceof String other
                && text.length() >= characters
                && other.length() >= characters
                && folded(text.substring(0, characters)).equals(folded(other.substring(0, characters)));
    }

    /** Without case and accents, of which many collations know nothing. */
    private static String folded(String text) {
        return ACCENTS.matcher(Normalizer.normalize(text, Normalizer.Form.NFKD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT);
    }
}
