package io.perfkit.cache.redis;

import io.perfkit.cache.spi.SharedTier.Head;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The head of a region, as one string: {@code 2 INCARNATION EPOCH FLOOR TOMBSTONES MASTER}, with 16 hexadecimal digits,
 * three decimal numbers of at most 15 digits, and the replication id of the server under which it was last found good.
 * {@link Script} reads it by the same rules. Anything else is no head.
 */
record HeadText(Head head, long floor, long tombstones, String master) {

    private static final int INCARNATION_AT = 2;
    private static final int INCARNATION_LENGTH = 16;
    private static final int MAXIMUM_DIGITS = 15;

    /** The last head that was read: nearly always, the next one is the same. Any number of threads. */
    static final class Memory {

        @SuppressWarnings("ArrayRecordComponent") // never changed, and compared by its content
        private record Read(byte[] bytes, HeadText head) {}

        private volatile @Nullable Read last;

        /** Null if these bytes are no head. */
        @Nullable
        HeadText parse(ByteBuffer bytes) {
            Read known = last;
            if (known != null && bytes.mismatch(ByteBuffer.wrap(known.bytes())) < 0) {
                return known.head();
            }
            byte[] copy = new byte[bytes.remaining()];
            bytes.duplicate().get(copy);
            HeadText head = HeadText.parse(copy);
            if (head != null) {
                last = new Read(copy, head);
            }
            return head;
        }
    }

    /** Null if these bytes are no head. */
    static @Nullable HeadText parse(byte @Nullable [] bytes) {
        if (bytes == null || bytes.length < INCARNATION_AT + INCARNATION_LENGTH || bytes[0] != '2' || bytes[1] != ' ') {
            return null;
        }
        long incarnation = 0;
        int end = INCARNATION_AT + INCARNATION_LENGTH;
        for (int i = INCARNATION_AT; i < end; i++) {
            int digit = hex(bytes[i]);
            if (digit < 0) {
                return null;
            }
            incarnation = incarnation << 4 | digit;
        }
        long[] numbers = new long[3];
        int at = end;
        for (int n = 0; n < numbers.length; n++) {
            int next = number(bytes, at, numbers, n);
            if (next < 0) {
                return null;
            }
            at = next;
        }
        String master = master(bytes, at);
        if (master == null || numbers[1] > numbers[0]) {
            return null;
        }
        return new HeadText(new Head(incarnation, numbers[0]), numbers[1], numbers[2], master);
    }

    /** Reads a space and a number; the position after it, or -1. */
    private static int number(byte[] bytes, int at, long[] into, int n) {
        if (at >= bytes.length || bytes[at] != ' ') {
            return -1;
        }
        int i = at + 1;
        long number = 0;
        while (i < bytes.length && bytes[i] >= '0' && bytes[i] <= '9' && i - at <= MAXIMUM_DIGITS) {
            number = number * 10 + (bytes[i] - '0');
            i++;
        }
        into[n] = number;
        return i == at + 1 ? -1 : i;
    }

    private static @Nullable String master(byte[] bytes, int at) {
        if (at + 1 >= bytes.length || bytes[at] != ' ') {
            return null;
        }
        StringBuilder master = new StringBuilder(bytes.length - at);
        for (int i = at + 1; i < bytes.length; i++) {
            if (hex(bytes[i]) < 0) {
                return null;
            }
            master.append((char) bytes[i]);
        }
        return master.toString();
    }

    private static int hex(byte b) {
        return b < 0 ? -1 : Character.digit(b, 16);
    }
}
