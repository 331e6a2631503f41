package io.perfkit.benchmarks.cache;

import io.perfkit.cache.Codec;
import io.perfkit.cache.json.JsonCodec;
import java.util.List;

/** A value as it lies in Redis: some 300 bytes of JSON, which every side writes and reads with the same codec. */
record Order(long id, String customer, String street, String city, String note, List<Integer> items) {

    static final Codec<Order> CODEC = JsonCodec.of(Order.class);

    /** What a miss would load. */
    static Order load(String key) {
        return new Order(
                key.hashCode(),
                "customer of " + key,
                "221B Baker Street, second floor",
                "London NW1 6XE",
                "Leave it with the neighbours if nobody opens; the bell of the second floor does not ring.",
                List.of(1, 2, 3, 5, 8, 13, 21, 34, 55, 89, 144, 233, 377, 610, 987));
    }

    /** For where all values are there. */
    @SuppressWarnings("DoNotCallSuggester") // it is a loader, and must not be called
    static Order missed(String key) {
        throw new IllegalStateException(key + " is not there");
    }

    byte[] encode() {
        try {
            return CODEC.encode(this);
        } catch (Exception e) {
            throw new IllegalStateException("An order has an encoding", e);
        }
    }

    static Order decode(byte[] bytes) {
        try {
            return CODEC.decode(bytes);
        } catch (Exception e) {
            throw new IllegalStateException("These bytes are an order", e);
        }
    }
}
