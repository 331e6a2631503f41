package io.perfkit.cache;

import io.perfkit.cache.Parsed.Kind;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.cache.spi.SharedTier.Head;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads what stands under a key of the shared tier; {@link EntryLayout} has the table.
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

    /** Values above this size are neither written nor read. */
    static final int MAXIMUM_ENTRY_SIZE = 8 << 20;

    static final int MAXIMUM_TAGS = 64;
    /** All tags of a value together, in UTF-8, each with two bytes more. */
    static final int MAXIMUM_TAGS_LENGTH = 4_096;

    static final int MAXIMUM_HEADER_LENGTH = EntryLayout.FIXED_LENGTH + MAXIMUM_TAGS_LENGTH;

    private final long node;
    private final AtomicLong counter;

    EntryFormat() {
        this(new SecureRandom().nextLong(), 0);
    }

    EntryFormat(long node, long counter) {
        this.node = node;
        this.counter = new AtomicLong(counter);
    }

    /** Refuses a key that would be under the same name as another one. */
    static void checkKey(String key) {
        for (int i = 0; i < key.length(); i++) {
            if (Character.isSurrogate(key.charAt(i))) {
                CharsetEncoder encoder = StandardCharsets.UTF_8.newEncoder();
                if (!encoder.canEncode(key)) {
                    throw new IllegalArgumentException(
                            "A key must be well-formed Unicode, but this one has a surrogate "
                                    + "without its partner: two such keys would share one entry");
                }
                return;
            }
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
        return fence(EntryLayout.LEASE);
    }

    byte[] putFence() {
        return fence(EntryLayout.PUT);
    }

    /** A generation for an entry that is changed in its place. */
    byte[] generation() {
        return Arrays.copyOfRange(fence(EntryLayout.VALUE), EntryLayout.GENERATION_AT, EntryLayout.FENCE_LENGTH);
    }

    private byte[] fence(byte kind) {
        return ByteBuffer.allocate(EntryLayout.FENCE_LENGTH)
                .put(EntryLayout.VERSION)
                .put(kind)
                .putLong(node)
                .putLong(counter.incrementAndGet())
                .array();
    }

    Written value(Head head, int schema, Life life, Encoded value) {
        byte[] tags = tags(life.tags());
        byte[] front = ByteBuffer.allocate(EntryLayout.STAMP_AT)
                .put(fence(EntryLayout.VALUE))
                .put((byte) ((value.isNull() ? EntryLayout.FLAG_NULL : 0)
                        | (value.compressed() ? EntryLayout.FLAG_COMPRESSED : 0)))
                .putInt(schema)
                .putLong(head.incarnation())
                .putLong(head.epoch())
                .array();
        byte[] rest = ByteBuffer.allocate(
                        EntryLayout.TAGS_AT - EntryLayout.STALE_AT + tags.length + value.bytes().length)
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
        if (tags.size() > MAXIMUM_TAGS) {
            return false;
        }
        int length = 0;
        for (String tag : tags) {
            length += 2 + tag.getBytes(StandardCharsets.UTF_8).length;
        }
        return length <= MAXIMUM_TAGS_LENGTH;
    }

    private static byte[] tags(List<String> tags) {
        ByteBuffer buffer = ByteBuffer.allocate(1 + MAXIMUM_TAGS_LENGTH).put((byte) tags.size());
        for (String tag : tags) {
            byte[] bytes = tag.getBytes(StandardCharsets.UTF_8);
            buffer.putShort((short) bytes.length).put(bytes);
        }
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    /** What these bytes are to a region of this schema version. They may be no more than the header. */
    static Parsed parse(byte[] bytes, int schema) {
        if (bytes.length > 0 && bytes[0] > EntryLayout.VERSION && bytes[0] <= EntryLayout.HIGHEST_VERSION) {
            return plain(Kind.NEWER, bytes);
        }
        if (bytes.length < EntryLayout.FENCE_LENGTH || bytes[0] != EntryLayout.VERSION) {
            return plain(Kind.FOREIGN, bytes);
        }
        return switch (bytes[EntryLayout.KIND_AT]) {
            case EntryLayout.LEASE ->
                plain(bytes.length == EntryLayout.FENCE_LENGTH ? Kind.LEASE : Kind.FOREIGN, bytes);
            case EntryLayout.PUT -> plain(bytes.length == EntryLayout.FENCE_LENGTH ? Kind.PUT : Kind.FOREIGN, bytes);
            case EntryLayout.VALUE -> parseValue(bytes, schema);
            default -> plain(Kind.FOREIGN, bytes);
        };
    }

    private static Parsed plain(Kind kind, byte[] bytes) {
        return new Parsed.Other(kind, Arrays.copyOf(bytes, Math.min(EntryLayout.FENCE_LENGTH, bytes.length)));
    }

    private static Parsed parseValue(byte[] bytes, int schema) {
        if (bytes.length < EntryLayout.FIXED_LENGTH) {
            return plain(Kind.FOREIGN, bytes);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int entrySchema = buffer.getInt(EntryLayout.SCHEMA_AT);
        if (entrySchema != schema) {
            return plain(entrySchema > schema ? Kind.NEWER : Kind.FOREIGN, bytes);
        }
        List<String> tags = parseTags(buffer.position(EntryLayout.TAGS_AT));
        boolean known = (bytes[EntryLayout.FLAGS_AT]
                        & ~(EntryLayout.FLAG_NULL | EntryLayout.FLAG_COMPRESSED | EntryLayout.FLAG_DUE))
                == 0;
        if (!known || tags == null || isAnyNegative(buffer, EntryLayout.EPOCH_AT, EntryLayout.TAGS_AT)) {
            return plain(Kind.FOREIGN, bytes);
        }
        return new Parsed.Value(bytes, tags, buffer.position());
    }

    private static boolean isAnyNegative(ByteBuffer buffer, int from, int to) {
        for (int at = from; at < to; at += Long.BYTES) {
            if (buffer.getLong(at) < 0) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable List<String> parseTags(ByteBuffer buffer) {
        int count = buffer.get();
        if (count == 0) {
            return List.of();
        }
        if (count < 0 || count > MAXIMUM_TAGS) {
            return null;
        }
        List<String> tags = new ArrayList<>(count);
        try {
            for (int i = 0; i < count; i++) {
                int length = buffer.remaining() < 2 ? -1 : buffer.getShort();
                if (length < 0 || length > buffer.remaining() || buffer.position() + length > MAXIMUM_HEADER_LENGTH) {
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
