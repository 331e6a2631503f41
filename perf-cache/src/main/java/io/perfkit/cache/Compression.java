package io.perfkit.cache;

import java.io.IOException;

/**
 * How large values are made smaller for the shared tier. Nodes that share a region must agree on it: what one does not
 * understand is a miss to it. Implementations are thread-safe.
 */
public interface Compression {

    /**
     * Compresses a value's bytes.
     *
     * @param bytes the bytes, which must not be changed
     * @return the compressed form; the value is kept as it is if that is not shorter
     * @throws IOException if they cannot be compressed
     */
    byte[] compress(byte[] bytes) throws IOException;

    /**
     * Undoes {@link #compress}. The bytes may be hostile: an implementation must not allocate much more than {@code size}
     * bytes, and must fail where the result would have another size.
     *
     * @param compressed the bytes
     * @param size how many bytes the result has, as the entry claims; at most 8 MiB
     * @return the original bytes, exactly {@code size} of them
     * @throws IOException if these bytes are not the compressed form of {@code size} bytes
     */
    byte[] decompress(byte[] compressed, int size) throws IOException;

    /**
     * The default: gzip.
     *
     * @return the compression
     */
    static Compression gzip() {
        return Gzip.INSTANCE;
    }
}
