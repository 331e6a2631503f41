package io.perfkit.pagination;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What a cursor is bound to: one order, which belongs to the paginator, and one filter, which belongs to the request.
 *
 * <p>Both are held as eight bytes of an HMAC under the key that signs the cursor, not as a plain hash: whoever holds a
 * cursor could otherwise guess the values in the filter (a tenant's number, say) and check each guess.
 */
final class CursorBinding {

    private static final char ORDER = 'O';
    private static final char FILTER = 'F';

    private final Order order;
    private final String filter;
    private @Nullable Known known;

    CursorBinding(Order order, String filter) {
        this.order = order;
        this.filter = filter;
    }

    List<KeyColumn> columns() {
        return order.columns;
    }

    /** The same filter with another order. */
    CursorBinding of(Order other) {
        return new CursorBinding(other, filter);
    }

    long order(KeyRing.Key key) {
        Long known = order.fingerprints.get(key);
        return known == null ? fingerprint(key, ORDER, order.text) : known;
    }

    long filter(KeyRing.Key key) {
        // Read once: a page may be asked for its cursors by several threads.
        Known known = this.known;
        if (known == null || known.key != key) {
            known = new Known(key, fingerprint(key, FILTER, filter));
            this.known = known;
        }
        return known.fingerprint;
    }

    /** The filter's part under one key; usually that is the only one. */
    private record Known(KeyRing.Key key, long fingerprint) {}

    private static long fingerprint(KeyRing.Key key, char domain, String text) {
        // The first byte keeps these apart from cursors, which begin with their version.
        byte[] bytes = (domain + text).getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.wrap(key.mac(bytes, 0, bytes.length)).getLong();
    }

    /** The order's part, computed once for every key of the ring. Immutable. */
    static final class Order {

        private final List<KeyColumn> columns;
        private final String text;
        private final Map<KeyRing.Key, Long> fingerprints;

        Order(List<KeyColumn> columns, String text, KeyRing keys) {
            this.columns = columns;
            this.text = text;
            this.fingerprints = keys.all().stream()
                    .collect(Collectors.toUnmodifiableMap(key -> key, key -> fingerprint(key, ORDER, text)));
        }

        List<KeyColumn> columns() {
            return columns;
        }

        @Override
        public String toString() {
            return text;
        }
    }
}
