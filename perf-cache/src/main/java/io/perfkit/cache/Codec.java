package io.perfkit.cache;

import java.lang.reflect.Type;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns values into bytes for the shared tier and back. Implementations are thread-safe. Whatever {@link #decode}
 * throws is counted and makes the entry a miss; whatever {@link #encode} throws is counted and leaves the value out of
 * the shared tier. Neither reaches a caller of the cache.
 *
 * @param <V> the type of the values
 */
public interface Codec<V> {

    /**
     * Encodes a value.
     *
     * @param value the value
     * @return its bytes; the cache does not change the array
     * @throws Exception if the value has no encoding
     */
    byte[] encode(V value) throws Exception;

    /**
     * Decodes what {@link #encode} wrote. The bytes may be hostile, truncated, or written by another version of the
     * application.
     *
     * @param bytes the bytes, which this method may keep
     * @return the value, never null
     * @throws Exception if these bytes are no value of this type
     */
    V decode(byte[] bytes) throws Exception;

    /**
     * Decodes what stands in a part of an array, as {@link #decode(byte[])} would if it stood alone. The cache calls this
     * one for a value within the bytes of its entry. By default the part is copied; a codec that reads from within an
     * array saves that.
     *
     * @param bytes the array, which this method must not change and should not keep
     * @param from where the value begins
     * @param to where it ends, exclusive
     * @return the value, never null
     * @throws Exception if these bytes are no value of this type
     */
    default V decode(byte[] bytes, int from, int to) throws Exception {
        return decode(Arrays.copyOfRange(bytes, from, to));
    }

    /**
     * Looks at a value that is about to be shared. Whatever is thrown is counted and logged, and leaves the value out of
     * the shared tier: for a codec that knows of values which would come back as others.
     *
     * @param value the value
     * @param encoded what {@link #encode} made of it
     * @throws Exception if these bytes must not be shared, with the reason and the remedy
     */
    default void check(V value, byte[] encoded) throws Exception {}

    /**
     * Why values of this codec's type cannot be shared at all. A region that would share them is then refused.
     *
     * @return the reason and the remedy, or null if they can; by default null
     */
    default @Nullable String objection() {
        return null;
    }

    /**
     * The type of the values, where the codec knows it. A region whose values are or contain JPA entities is refused.
     *
     * @return by default null
     */
    default @Nullable Type valueType() {
        return null;
    }

    /**
     * What distinguishes this codec in the comparison of two definitions of a region: the same text means
     * interchangeable.
     *
     * @return by default the name of the class
     */
    default String description() {
        return getClass().getName();
    }

    /**
     * Strings as UTF-8. Malformed bytes do not decode.
     *
     * @return the codec
     */
    static Codec<String> strings() {
        return PlainCodecs.STRINGS;
    }

    /**
     * Byte arrays as they are. The array is shared between the cache and its callers: treat it as immutable.
     *
     * @return the codec
     */
    static Codec<byte[]> bytes() {
        return PlainCodecs.BYTES;
    }
}
