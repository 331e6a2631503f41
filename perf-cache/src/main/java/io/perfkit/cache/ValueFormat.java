package io.perfkit.cache;

import io.perfkit.cache.EntryFormat.Written;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Storing;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A region's values as bytes of the shared tier, and back. What cannot be shared is counted and logged. Thread-safe. */
final class ValueFormat<V> {

    private final String name;
    private final Codec<V> codec;
    private final SharedSettings settings;
    private final Counters counters;
    private final EntryFormat format;
    private final FailureLog failures;

    ValueFormat(String name, Codec<V> codec, SharedSettings settings, Counters counters, SharedSession session) {
        this.name = name;
        this.codec = codec;
        this.settings = settings;
        this.counters = counters;
        this.format = session.format();
        this.failures = session.failures();
    }

    /** The value's bytes, or null if it has none that may be shared. A null value has some. */
    @Nullable
    Encoded encode(@Nullable V value) {
        if (value == null) {
            return Encoded.NULL;
        }
        try {
            byte[] bytes = codec.encode(value);
            if (bytes.length > EntryFormat.MAXIMUM_ENTRY_SIZE) {
                failed(
                        "a value of region '" + name + "' has " + bytes.length + " bytes, and only "
                                + EntryFormat.MAXIMUM_ENTRY_SIZE + " may be shared",
                        null);
                return null;
            }
            codec.check(value, bytes);
            return bytes.length > settings.compressAbove() ? compressed(bytes) : new Encoded(bytes, false, false);
        } catch (Exception | StackOverflowError e) {
            failed("a value of region '" + name + "' cannot be shared", e);
            return null;
        }
    }

    private Encoded compressed(byte[] bytes) throws Exception {
        byte[] shorter = settings.compression().compress(bytes);
        if (shorter.length + Integer.BYTES >= bytes.length) {
            return new Encoded(bytes, false, false);
        }
        byte[] whole = ByteBuffer.allocate(Integer.BYTES + shorter.length)
                .putInt(bytes.length)
                .put(shorter)
                .array();
        return new Encoded(whole, false, true);
    }

    private void failed(String what, @Nullable Throwable cause) {
        counters.sharedFailures.increment();
        failures.failed(what, cause);
    }

    /** The entry that is to replace a fence; null if it must not be shared. */
    @Nullable
    Storing storing(String key, byte[] fence, Head head, Encoded value, Life life) {
        if (!EntryFormat.fits(life.tags())) {
            failed("a value of region '" + name + "' has too many or too long tags to be shared", null);
            return null;
        }
        Written entry = format.value(head, settings.schemaVersion(), life, value);
        return new Storing(key, fence, entry.front(), life.freshMillis(), entry.rest(), life.whole());
    }

    /** What these bytes are to the region. */
    Parsed parse(byte[] bytes) {
        return EntryFormat.parse(bytes, settings.schemaVersion());
    }

    /** The value of an entry that is no absence. Throws whatever the codec does. */
    V decode(Parsed.Value parsed) throws Exception {
        byte[] bytes = parsed.bytes();
        int from = parsed.valueAt();
        if (!parsed.isCompressed()) {
            return codec.decode(bytes, from, bytes.length);
        }
        int size = bytes.length - from < Integer.BYTES
                ? -1
                : ByteBuffer.wrap(bytes).getInt(from);
        if (size < 0 || size > EntryFormat.MAXIMUM_ENTRY_SIZE) {
            throw new IllegalStateException("an inflated size of " + size);
        }
        byte[] compressed = Arrays.copyOfRange(bytes, from + Integer.BYTES, bytes.length);
        return codec.decode(settings.compression().decompress(compressed, size));
    }
}
