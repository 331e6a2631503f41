package io.perfkit.cache;

import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedWrites.Encoded;
import io.perfkit.cache.SharedWrites.Life;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What stands under a key of the shared tier, big-endian:
 *
 * <pre>
 *  0      format version, 2
 *  1      kind: 'L' lease, 'P' fence of a put, 'V' value
 *  2..17  generation: 8 bytes of the writing node, 8 bytes of its counter; never used twice
 *         (a lease or fence ends here)
 * 18      flags: 1 the value is null, 2 it is compressed, 4 it is due for a reload
 * 19..22  schema version of the region
 * 23..30  incarnation of the log
 * 31..38  epoch of the log that was known when the load began
 * 39..46  until when the value is fresh, in milliseconds of the server's clock; written by the server
 * 47..54  for how many milliseconds after that it is served while it is loaded anew
 * 55..62  for how many milliseconds after that it is served if loading fails
 * 63..70  how long its load took, in nanoseconds
 * 71      number of tags; then each with the length of its UTF-8 in two bytes before it
 * ..      if compressed, the inflated size in four bytes
 * ..      the value as its codec wrote it
 * </pre>
 *
 * <p>The first 18 bytes are the fence: a value is stored only where the fence that its loader found still stands.
 *
 * <p><b>Two versions in one Redis.</b> Entries are under the same keys whatever their version, so an invalidation by
 * either meets them all. What is not of this version and schema is a miss. An older one, or bytes that are nothing we
 * know, are replaced; a newer one is left alone, and the value that is loaded instead stays in the local tier. So during
 * a rolling deploy each key changes sides once, and not with every read. Later versions keep the meaning of the first
 * byte and have numbers up to 15.
 *
 * <p>Nothing here throws because of what it reads, or allocates more than a few times its size.
 */
final class EntryFormat {

    static final int FENCE_LENGTH = 18;
    /** Where the server writes the instant. */
    static final int STAMP_AT = 39;

    static final int FIXED_LENGTH = 72;
    static final int GENERATION_LENGTH = 16;
    static final int MOST_TAGS = 64;
    /** All tags of a value together, in UTF-8, each with two bytes more. */
    static final int LONGEST_TAGS = 4_096;

    static final int LONGEST_HEADER = FIXED_LENGTH + LONGEST_TAGS;

    static final byte VERSION = 2;
    private static final byte NEWEST_IMAGINABLE = 15;
    private static final byte LEASE = 'L';
    private static final byte PUT = 'P';
    private static final byte VALUE = 'V';
    private static final int NULL = 1;
    private static final int COMPRESSED = 2;
    private static final int DUE = 4;

    private final long node;
    private final AtomicLong counter;

    EntryFormat() {
        this(new SecureRandom().nextLong(), 0);
    }

    EntryFormat(long node, long counter) {
        this.node = node;
        this.counter = new AtomicLong(counter);
    }

    enum Kind {
        VALUE,
        /** A value may be stored over it. */
        LEASE,
        /** The value that belongs here is the one being put: nobody else may fill the place. */
        PUT,
        /** Of a later version or schema: to be left alone. */
        NEWER,
        /** Of an earlier version or schema, or damaged: to be replaced. */
        FOREIGN
    }

    /**
     * A parsed entry. All but kind and fence have a meaning for values only.
     *
     * @param fence the beginning, by which a store or lease finds it again
     * @param value the position of the value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Parsed(
            Kind kind,
            byte[] fence,
            boolean isNull,
            boolean compressed,
            boolean due,
            long incarnation,
            long epoch,
            long freshUntil,
            long staleMillis,
            long errorMillis,
            long loadNanos,
            List<String> tags,
            int value) {

        /** For how many milliseconds after it was fresh it may be used at all. */
        long afterwards() {
            return Math.max(staleMillis, errorMillis);
        }
    }

    /** A value's bytes: what comes before the server's instant, and what comes after. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Written(byte[] front, byte[] rest) {}

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

    /** A generation for an entry that is changed in its place. */
    byte[] generation() {
        return Arrays.copyOfRange(fence(VALUE), FENCE_LENGTH - GENERATION_LENGTH, FENCE_LENGTH);
    }

    private byte[] fence(byte kind) {
        return ByteBuffer.allocate(FENCE_LENGTH)
                .put(VERSION)
                .put(kind)
                .putLong(node)
                .putLong(counter.incrementAndGet())
                .array();
    }

    Written value(Head head, int schema, Life life, Encoded value) {
        byte[] tags = tags(life.tags());
        byte[] front = ByteBuffer.allocate(STAMP_AT)
                .put(fence(VALUE))
                .put((byte) ((value.isNull() ? NULL : 0) | (value.compressed() ? COMPRESSED : 0)))
                .putInt(schema)
                .putLong(head.incarnation())
                .putLong(head.epoch())
                .array();
        byte[] rest = ByteBuffer.allocate(FIXED_LENGTH - 1 - STAMP_AT - Long.BYTES + tags.length + value.bytes().length)
                .putLong(TimeUnit.NANOSECONDS.toMillis(life.stale()))
                .putLong(TimeUnit.NANOSECONDS.toMillis(life.onError()))
                .putLong(life.loadNanos())
                .put(tags)
                .put(value.bytes())
                .array();
        return new Written(front, rest);
    }

    /** Whether a value may have these tags. */
    static boolean fits(List<String> tags) {
        if (tags.size() > MOST_TAGS) {
            return false;
        }
        int length = 0;
        for (String tag : tags) {
            length += 2 + tag.getBytes(StandardCharsets.UTF_8).length;
        }
        return length <= LONGEST_TAGS;
    }

    private static byte[] tags(List<String> tags) {
        ByteBuffer buffer = ByteBuffer.allocate(1 + LONGEST_TAGS).put((byte) tags.size());
        for (String tag : tags) {
            byte[] bytes = tag.getBytes(StandardCharsets.UTF_8);
            buffer.putShort((short) bytes.length).put(bytes);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** What these bytes are to a region of this schema version. They may be no more than the header. */
    static Parsed parse(byte[] bytes, int schema) {
        if (bytes.length > 0 && bytes[0] > VERSION && bytes[0] <= NEWEST_IMAGINABLE) {
            return plain(Kind.NEWER, bytes);
        }
        if (bytes.length < FENCE_LENGTH || bytes[0] != VERSION) {
            return plain(Kind.FOREIGN, bytes);
        }
        return switch (bytes[1]) {
            case LEASE -> plain(bytes.length == FENCE_LENGTH ? Kind.LEASE : Kind.FOREIGN, bytes);
            case PUT -> plain(bytes.length == FENCE_LENGTH ? Kind.PUT : Kind.FOREIGN, bytes);
            case VALUE -> parseValue(bytes, schema);
            default -> plain(Kind.FOREIGN, bytes);
        };
    }

    private static Parsed plain(Kind kind, byte[] bytes) {
        byte[] fence = Arrays.copyOf(bytes, Math.min(FENCE_LENGTH, bytes.length));
        return new Parsed(kind, fence, false, false, false, 0, 0, 0, 0, 0, 0, List.of(), 0);
    }

    private static Parsed parseValue(byte[] bytes, int schema) {
        if (bytes.length < FIXED_LENGTH) {
            return plain(Kind.FOREIGN, bytes);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes, FENCE_LENGTH, bytes.length - FENCE_LENGTH);
        int flags = buffer.get();
        int entrySchema = buffer.getInt();
        if (entrySchema != schema) {
            return plain(entrySchema > schema ? Kind.NEWER : Kind.FOREIGN, bytes);
        }
        long incarnation = buffer.getLong();
        long epoch = buffer.getLong();
        long freshUntil = buffer.getLong();
        long stale = buffer.getLong();
        long onError = buffer.getLong();
        long loadNanos = buffer.getLong();
        List<String> tags = parseTags(buffer);
        boolean known = (flags & ~(NULL | COMPRESSED | DUE)) == 0;
        if (!known || epoch < 0 || freshUntil < 0 || stale < 0 || onError < 0 || loadNanos < 0 || tags == null) {
            return plain(Kind.FOREIGN, bytes);
        }
        return new Parsed(
                Kind.VALUE,
                Arrays.copyOf(bytes, FENCE_LENGTH),
                (flags & NULL) != 0,
                (flags & COMPRESSED) != 0,
                (flags & DUE) != 0,
                incarnation,
                epoch,
                freshUntil,
                stale,
                onError,
                loadNanos,
                tags,
                buffer.position());
    }

    private static @Nullable List<String> parseTags(ByteBuffer buffer) {
        int count = buffer.get();
        if (count == 0) {
            return List.of();
        }
        if (count < 0 || count > MOST_TAGS) {
            return null;
        }
        List<String> tags = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                int length = buffer.remaining() < 2 ? -1 : buffer.getShort();
                if (length < 0 || length > buffer.remaining() || buffer.position() + length > LONGEST_HEADER) {
                    return null;
                }
                ByteBuffer tag = buffer.slice().limit(length);
                tags.add(StandardCharsets.UTF_8.newDecoder().decode(tag).toString());
                buffer.position(buffer.position() + length);
            }
        } catch (CharacterCodingException e) {
            return null;
        }
        return List.copyOf(tags);
    }

    /** Whether these bytes are this very lease. */
    static boolean is(byte[] bytes, byte[] lease) {
        return Arrays.equals(bytes, lease);
    }
}
