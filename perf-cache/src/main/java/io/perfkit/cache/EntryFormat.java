package io.perfkit.cache;

import io.perfkit.cache.Parsed.Kind;
import io.perfkit.cache.spi.SharedTier.Head;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
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

    static final int GENERATION_AT = 2;
    static final int GENERATION_LENGTH = 16;
    static final int FENCE_LENGTH = GENERATION_AT + GENERATION_LENGTH;
    static final int FLAGS_AT = FENCE_LENGTH;
    static final int SCHEMA_AT = FLAGS_AT + 1;
    static final int INCARNATION_AT = SCHEMA_AT + Integer.BYTES;
    static final int EPOCH_AT = INCARNATION_AT + Long.BYTES;
    /** Where the server writes the instant. */
    static final int STAMP_AT = EPOCH_AT + Long.BYTES;

    static final int STALE_AT = STAMP_AT + Long.BYTES;
    static final int ON_ERROR_AT = STALE_AT + Long.BYTES;
    static final int LOAD_NANOS_AT = ON_ERROR_AT + Long.BYTES;
    static final int TAGS_AT = LOAD_NANOS_AT + Long.BYTES;
    static final int FIXED_LENGTH = TAGS_AT + 1;

    static final int FLAG_NULL = 1;
    static final int FLAG_COMPRESSED = 2;
    static final int FLAG_DUE = 4;

    static final int MOST_TAGS = 64;
    /** All tags of a value together, in UTF-8, each with two bytes more. */
    static final int LONGEST_TAGS = 4_096;

    static final int LONGEST_HEADER = FIXED_LENGTH + LONGEST_TAGS;

    static final byte VERSION = 2;
    private static final byte NEWEST_IMAGINABLE = 15;
    private static final byte LEASE = 'L';
    private static final byte PUT = 'P';
    private static final byte VALUE = 'V';

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private final long node;
    private final AtomicLong counter;

    EntryFormat() {
        this(new SecureRandom().nextLong(), 0);
    }

    EntryFormat(long node, long counter) {
        this.node = node;
        this.counter = new AtomicLong(counter);
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
        return Arrays.copyOfRange(fence(VALUE), GENERATION_AT, FENCE_LENGTH);
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
                .put((byte) ((value.isNull() ? FLAG_NULL : 0) | (value.compressed() ? FLAG_COMPRESSED : 0)))
                .putInt(schema)
                .putLong(head.incarnation())
                .putLong(head.epoch())
                .array();
        byte[] rest = ByteBuffer.allocate(TAGS_AT - STALE_AT + tags.length + value.bytes().length)
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
        return new Parsed.Other(kind, Arrays.copyOf(bytes, Math.min(FENCE_LENGTH, bytes.length)));
    }

    private static Parsed parseValue(byte[] bytes, int schema) {
        if (bytes.length < FIXED_LENGTH) {
            return plain(Kind.FOREIGN, bytes);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int entrySchema = buffer.getInt(SCHEMA_AT);
        if (entrySchema != schema) {
            return plain(entrySchema > schema ? Kind.NEWER : Kind.FOREIGN, bytes);
        }
        List<String> tags = parseTags(buffer.position(TAGS_AT));
        boolean known = (bytes[FLAGS_AT] & ~(FLAG_NULL | FLAG_COMPRESSED | FLAG_DUE)) == 0;
        if (!known || tags == null || isAnyNegative(bytes, EPOCH_AT, TAGS_AT)) {
            return plain(Kind.FOREIGN, bytes);
        }
        return new Parsed.Value(bytes, tags, buffer.position());
    }

    private static boolean isAnyNegative(byte[] bytes, int from, int to) {
        for (int at = from; at < to; at += Long.BYTES) {
            if (longAt(bytes, at) < 0) {
                return true;
            }
        }
        return false;
    }

    static long longAt(byte[] bytes, int at) {
        return (long) LONGS.get(bytes, at);
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
}
