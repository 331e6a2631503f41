package io.perfkit.pagination;

import static io.perfkit.pagination.InvalidCursorException.Reason.EXPIRED;
import static io.perfkit.pagination.InvalidCursorException.Reason.FORGED;
import static io.perfkit.pagination.InvalidCursorException.Reason.MALFORMED;
import static io.perfkit.pagination.InvalidCursorException.Reason.OTHER_DIRECTION;
import static io.perfkit.pagination.InvalidCursorException.Reason.OTHER_FILTER;
import static io.perfkit.pagination.InvalidCursorException.Reason.OTHER_ORDER;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns a position into the opaque, URL-safe text that clients hold, and back.
 *
 * <p>A signed cursor is readable for a client that decodes it, as the rows it came from were, but it cannot be changed or
 * made up: it carries an HMAC-SHA-256 (RFC 2104) over all its bytes. An encrypted cursor (AES-256-GCM) cannot be read
 * either, except for the id of the key; use it where a sort column holds something that the client must not see. Inside
 * are the direction of travel, the expiry, the fingerprints of order and filter, and the typed key values of one row.
 * Either takes a few microseconds. Immutable and thread-safe.
 *
 * <p>Defaults: cursors do not expire, and have at most 2,048 characters.
 */
public final class CursorCodec {

    // head: version | length of the key id | key id. contents: flags | expiry | order | filter | values …
    private static final int LEAST_CONTENTS = 1 + 3 * Long.BYTES;
    private static final int INCLUSIVE = 1;
    private static final int BACKWARD = 2;
    private static final int ITEM = 4;
    private static final long NEVER = Long.MAX_VALUE;
    private static final Base64.Encoder ENCODER = Base64.getUrlEncoder().withoutPadding();
    private static final Base64.Decoder DECODER = Base64.getUrlDecoder();

    private final CursorSeal seal;
    private final KeyRing keys;
    private final @Nullable Duration expireAfter;
    private final int maximumLength;
    private final Clock clock;

    private CursorCodec(Builder builder) {
        this.seal = builder.seal;
        this.keys = builder.keys;
        this.expireAfter = builder.expireAfter;
        this.maximumLength = builder.maximumLength;
        this.clock = builder.clock;
    }

    /**
     * Signed cursors with every option at its default.
     *
     * @param keys the secrets; the first one signs
     * @return the codec
     */
    public static CursorCodec signed(KeyRing keys) {
        return new Builder(CursorSeal.SIGNED, Objects.requireNonNull(keys, "keys")).build();
    }

    /**
     * Encrypted cursors with every option at its default. Two cursors of the same position look the same. A signed
     * cursor is refused, and the reverse.
     *
     * @param keys the secrets; the first one encrypts. Separate keys are derived from them, so that a ring may also sign
     * @return the codec
     */
    public static CursorCodec encrypted(KeyRing keys) {
        return new Builder(CursorSeal.ENCRYPTED, Objects.requireNonNull(keys, "keys")).build();
    }

    /**
     * A builder that starts from this codec's options.
     *
     * @return the builder
     */
    public Builder toBuilder() {
        Builder builder = new Builder(seal, keys);
        builder.expireAfter = expireAfter;
        builder.maximumLength = maximumLength;
        builder.clock = clock;
        return builder;
    }

    KeyRing keys() {
        return keys;
    }

    /** The text of a cursor whose {@code values} are as {@link KeyColumn#valueOf} gave them. */
    String encode(Cursor cursor, CursorBinding binding) {
        KeyRing.Key key = keys.signing();
        byte[] keyId = key.id().getBytes(StandardCharsets.US_ASCII);
        ByteWriter out =
                new ByteWriter().int8(seal.version()).int8(keyId.length).raw(keyId);
        int head = out.size();
        out.int8((cursor.inclusive() ? INCLUSIVE : 0) | flag(cursor.use()))
                .int64(expireAfter == null ? NEVER : clock.millis() + expireAfter.toMillis())
                .int64(binding.order(key))
                .int64(binding.filter(key));
        int longest = 0;
        int longestAt = 0;
        for (int i = 0; i < cursor.values().size(); i++) {
            int before = out.size();
            CursorValue.write(
                    out,
                    binding.columns().get(i).type().toCursor(cursor.values().get(i)));
            if (out.size() - before > longest) {
                longest = out.size() - before;
                longestAt = i;
            }
        }
        String text = ENCODER.encodeToString(seal.close(key, out, head));
        if (text.length() > maximumLength) {
            throw new PaginationException(
                    "the cursor would have " + text.length() + " characters, but maximumLength is "
                            + maximumLength + ": the value of "
                            + binding.columns().get(longestAt).field() + " alone takes "
                            + longest + " bytes. Order by something shorter or raise maximumLength");
        }
        return text;
    }

    private static int flag(Cursor.Use use) {
        return switch (use) {
            case FORWARD -> 0;
            case BACKWARD -> BACKWARD;
            case ITEM -> ITEM;
        };
    }

    /**
     * What can be checked of a cursor without knowing what it is for: that it is genuine and has not expired. A forged
     * one gets no further, so it costs a hash and nothing of the query is looked at.
     */
    Opened open(String text) {
        byte[] bytes = bytes(text);
        int head = head(bytes);
        KeyRing.Key key = keys.find(new String(bytes, 2, head - 2, StandardCharsets.ISO_8859_1));
        if (key == null) {
            throw new InvalidCursorException(FORGED);
        }
        ByteBuffer in = seal.open(key, bytes, head);
        int flags = in.get();
        if (in.getLong() <= clock.millis()) {
            throw new InvalidCursorException(EXPIRED);
        }
        return new Opened(key, flags, in);
    }

    /** The position in an opened cursor, if it was issued for this order, this filter and this use. */
    Cursor read(Opened opened, Cursor.Use wanted, CursorBinding binding) {
        ByteBuffer in = opened.in;
        if (in.getLong() != binding.order(opened.key)) {
            throw new InvalidCursorException(OTHER_ORDER);
        }
        if (in.getLong() != binding.filter(opened.key)) {
            throw new InvalidCursorException(OTHER_FILTER);
        }
        Cursor.Use use = (opened.flags & ITEM) != 0 ? Cursor.Use.ITEM : Cursor.Use.of((opened.flags & BACKWARD) == 0);
        if (!use.fits(wanted)) {
            throw new InvalidCursorException(OTHER_DIRECTION);
        }
        return new Cursor(use, (opened.flags & INCLUSIVE) != 0, values(in, binding));
    }

    /** A genuine cursor, read up to its fingerprints. */
    record Opened(KeyRing.Key key, int flags, ByteBuffer in) {}

    private byte[] bytes(String text) {
        if (text.length() > maximumLength) {
            throw new InvalidCursorException(MALFORMED);
        }
        byte[] bytes;
        try {
            bytes = DECODER.decode(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidCursorException(MALFORMED);
        }
        // The decoder overlooks padding and the unused bits of the last character; one position has one text here.
        if (!ENCODER.encodeToString(bytes).equals(text)) {
            throw new InvalidCursorException(MALFORMED);
        }
        return bytes;
    }

    /** The length of the head, of bytes that are long enough for a whole cursor. */
    private int head(byte[] bytes) {
        int least = 2 + LEAST_CONTENTS + seal.overhead();
        if (bytes.length < least || bytes[0] != seal.version()) {
            throw new InvalidCursorException(MALFORMED);
        }
        int idLength = bytes[1];
        if (idLength < 1 || idLength > bytes.length - least) {
            throw new InvalidCursorException(MALFORMED);
        }
        return 2 + idLength;
    }

    /** The bytes are genuine and of this order, so only another release of the application can have written nonsense. */
    private static List<@Nullable Object> values(ByteBuffer in, CursorBinding binding) {
        List<@Nullable Object> values = new ArrayList<>(binding.columns().size());
        try {
            for (KeyColumn column : binding.columns()) {
                values.add(column.type().fromCursor(CursorValue.read(in)));
            }
        } catch (RuntimeException e) {
            throw new InvalidCursorException(MALFORMED);
        }
        if (in.hasRemaining()) {
            throw new InvalidCursorException(MALFORMED);
        }
        return values;
    }

    @Override
    public String toString() {
        return "CursorCodec[" + seal.name().toLowerCase(Locale.ROOT) + ", " + keys + "]";
    }

    /** Options of a {@link CursorCodec}. Every setter rejects a bad value at once. Not thread-safe. */
    public static final class Builder {

        private static final int SHORTEST_MAXIMUM = 256;
        private static final Duration SHORTEST_EXPIRY = Duration.ofSeconds(1);
        private static final Duration LONGEST_EXPIRY = Duration.ofDays(36_500);

        private final CursorSeal seal;
        private final KeyRing keys;
        private @Nullable Duration expireAfter;
        private int maximumLength = 2_048;
        private Clock clock = Clock.systemUTC();

        private Builder(CursorSeal seal, KeyRing keys) {
            this.seal = seal;
            this.keys = keys;
        }

        /**
         * How long after it was issued a cursor is accepted. Changing it does not change cursors already issued.
         *
         * @param expireAfter between one second and 36,500 days; the default is for ever
         * @return this
         */
        public Builder expireAfter(Duration expireAfter) {
            if (expireAfter.compareTo(SHORTEST_EXPIRY) < 0 || expireAfter.compareTo(LONGEST_EXPIRY) > 0) {
                throw new IllegalArgumentException("expireAfter must be between " + SHORTEST_EXPIRY + " and "
                        + LONGEST_EXPIRY + ", but was " + expireAfter);
            }
            this.expireAfter = expireAfter;
            return this;
        }

        /**
         * The longest text that is issued or read. Longer input is refused before anything else is done with it; a row
         * whose key values do not fit fails with a {@link PaginationException} that names the column.
         *
         * @param maximumLength characters, at least 256; the default is 2,048
         * @return this
         */
        public Builder maximumLength(int maximumLength) {
            if (maximumLength < SHORTEST_MAXIMUM) {
                throw new IllegalArgumentException(
                        "maximumLength must be at least " + SHORTEST_MAXIMUM + ", but was " + maximumLength);
            }
            this.maximumLength = maximumLength;
            return this;
        }

        /**
         * The clock that expiry is measured on.
         *
         * @param clock the default is the system's
         * @return this
         */
        public Builder clock(Clock clock) {
            this.clock = Objects.requireNonNull(clock, "clock");
            return this;
        }

        /**
         * The codec with these options.
         *
         * @return a new codec
         */
        public CursorCodec build() {
            return new CursorCodec(this);
        }
    }
}
