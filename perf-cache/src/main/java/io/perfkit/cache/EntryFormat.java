package io.perfkit.cache;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What stands under a key of the shared tier, big-endian:
 *
 * <pre>
 *  0      format version, 1
 *  1      kind: 'L' lease, 'P' fence of a put, 'V' value
 *  2..17  generation: 8 bytes of the writing node, 8 bytes of its counter; never used twice
 *         (a lease or fence ends here)
 * 18..25  incarnation of the log
 * 26..33  epoch of the log that was known when the load began
 * 34..41  how many milliseconds at the end of the entry's life are stale ones
 * 42..    the value as its codec wrote it
 * </pre>
 *
 * The first 18 bytes are the fence: a value is stored only where the fence that its loader found still stands. There is
 * no instant in it: the remaining life is the one that the server counts down.
 */
final class EntryFormat {

    static final int FENCE_LENGTH = 18;
    static final int HEADER_LENGTH = 42;

    private static final byte VERSION = 1;
    private static final byte LEASE = 'L';
    private static final byte PUT = 'P';
    private static final byte VALUE = 'V';

    private final long node = new SecureRandom().nextLong();
    private final AtomicLong counter = new AtomicLong();

    /**
     * A parsed entry.
     *
     * @param fence what a store has to find in its place; null if nothing may be stored over it
     * @param value the position of the value, or -1 if this is no value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Parsed(byte @Nullable [] fence, long incarnation, long epoch, long staleMillis, int value) {}

    /** The name of this node in the log. */
    String origin() {
        return Long.toHexString(node);
    }

    byte[] lease() {
        return fence(LEASE);
    }

    byte[] putFence() {
        return fence(PUT);
    }

    private byte[] fence(byte kind) {
        return ByteBuffer.allocate(FENCE_LENGTH)
                .put(VERSION)
                .put(kind)
                .putLong(node)
                .putLong(counter.incrementAndGet())
                .array();
    }

    byte[] value(SharedTier.Head head, long staleMillis, byte[] value) {
        return ByteBuffer.allocate(HEADER_LENGTH + value.length)
                .put(fence(VALUE))
                .putLong(head.incarnation())
                .putLong(head.epoch())
                .putLong(staleMillis)
                .put(value)
                .array();
    }

    /** Null if these bytes are nothing that this version writes. */
    static @Nullable Parsed parse(byte[] bytes) {
        if (bytes.length < FENCE_LENGTH || bytes[0] != VERSION) {
            return null;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        byte[] fence = new byte[FENCE_LENGTH];
        buffer.get(fence);
        boolean fenceOnly = bytes.length == FENCE_LENGTH;
        return switch (bytes[1]) {
            case LEASE -> fenceOnly ? new Parsed(fence, 0, 0, 0, -1) : null;
            // The value that belongs here is the one being put: nobody else may fill the place.
            case PUT -> fenceOnly ? new Parsed(null, 0, 0, 0, -1) : null;
            case VALUE -> bytes.length < HEADER_LENGTH ? null : parseValue(buffer, fence);
            default -> null;
        };
    }

    private static @Nullable Parsed parseValue(ByteBuffer buffer, byte[] fence) {
        long incarnation = buffer.getLong();
        long epoch = buffer.getLong();
        long stale = buffer.getLong();
        return epoch < 0 || stale < 0 ? null : new Parsed(fence, incarnation, epoch, stale, HEADER_LENGTH);
    }
}
