package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.Parsed.Kind;
import io.perfkit.cache.spi.SharedTier.Head;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Pins the format: what is in these files stands in the Redis of some user. A change that makes this test fail needs
 * another version number and other files; these must then be read as the older version that they are.
 */
class EntryFormatGoldenTest {

    static final Life LIFE = new Life(
            TimeUnit.MINUTES.toNanos(30),
            TimeUnit.MINUTES.toNanos(5),
            TimeUnit.HOURS.toNanos(2),
            1_234_567_890L,
            List.of("red", "größe"));
    static final long FRESH_UNTIL = 1_700_000_000_123L;
    static final Head HEAD = new Head(0xfedcba9876543210L, 4_711);
    static final int SCHEMA = 3;

    /** Always writes the same: as the node whose number is 0x0123456789abcdef. */
    static EntryFormat format() {
        return new EntryFormat(0x0123456789abcdefL, 41);
    }

    static byte[] value() {
        byte[] text = "the value".getBytes(StandardCharsets.UTF_8);
        return EntryFormatTest.stamped(
                format().value(HEAD, SCHEMA, LIFE, new Encoded(text, false, false)), FRESH_UNTIL);
    }

    static byte[] absence() {
        Life life = new Life(1_000_000, 0, 0, 0, List.of());
        return EntryFormatTest.stamped(
                format().value(HEAD, SCHEMA, life, new Encoded(new byte[0], true, false)), FRESH_UNTIL);
    }

    private static byte[] golden(String name) {
        try (InputStream in = EntryFormatGoldenTest.class.getResourceAsStream("/golden/" + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void lease_isWrittenAndReadAsEver() {
        byte[] golden = golden("entry-v2-lease.bin");
        assertThat(format().lease()).isEqualTo(golden);
        assertThat(EntryFormatTest.kind(EntryFormat.parse(golden, SCHEMA))).isEqualTo(Kind.LEASE);
    }

    @Test
    void fenceOfAPut_isWrittenAndReadAsEver() {
        byte[] golden = golden("entry-v2-put.bin");
        assertThat(format().putFence()).isEqualTo(golden);
        assertThat(EntryFormatTest.kind(EntryFormat.parse(golden, SCHEMA))).isEqualTo(Kind.PUT);
    }

    @Test
    void value_isWrittenAndReadAsEver() {
        byte[] golden = golden("entry-v2-value.bin");
        assertThat(value()).isEqualTo(golden);
        Parsed.Value parsed = EntryFormatTest.value(EntryFormat.parse(golden, SCHEMA));
        assertThat(parsed.isNull() || parsed.isCompressed() || parsed.isDue()).isFalse();
        assertThat(parsed.incarnation()).isEqualTo(HEAD.incarnation());
        assertThat(parsed.epoch()).isEqualTo(HEAD.epoch());
        assertThat(parsed.freshUntil()).isEqualTo(FRESH_UNTIL);
        assertThat(parsed.staleMillis()).isEqualTo(TimeUnit.MINUTES.toMillis(5));
        assertThat(parsed.errorMillis()).isEqualTo(TimeUnit.HOURS.toMillis(2));
        assertThat(parsed.loadNanos()).isEqualTo(1_234_567_890L);
        assertThat(parsed.tags()).containsExactly("red", "größe");
        assertThat(new String(golden, parsed.valueAt(), golden.length - parsed.valueAt(), StandardCharsets.UTF_8))
                .isEqualTo("the value");
    }

    @Test
    void absence_isWrittenAndReadAsEver() {
        byte[] golden = golden("entry-v2-absence.bin");
        assertThat(absence()).isEqualTo(golden);
        Parsed.Value parsed = EntryFormatTest.value(EntryFormat.parse(golden, SCHEMA));
        assertThat(parsed.isNull()).isTrue();
        assertThat(parsed.valueAt()).isEqualTo(golden.length);
    }

    /** What gzip writes may differ between versions of zlib; what was written must be read. */
    @Test
    void compressedAndDueValue_isReadAsEver() throws IOException {
        byte[] golden = golden("entry-v2-compressed-due.bin");
        Parsed.Value parsed = EntryFormatTest.value(EntryFormat.parse(golden, SCHEMA));
        assertThat(parsed.isCompressed() && parsed.isDue()).isTrue();
        int size = ByteBuffer.wrap(golden, parsed.valueAt(), 4).getInt();
        byte[] gzip = Arrays.copyOfRange(golden, parsed.valueAt() + 4, golden.length);
        assertThat(new String(Compression.gzip().decompress(gzip, size), StandardCharsets.UTF_8))
                .isEqualTo("the same again, ".repeat(100));
    }

    @Test
    void version1_isReplaced() {
        byte[] golden = golden("entry-v1-value.bin");
        assertThat(golden[0]).isEqualTo((byte) 1);
        assertThat(EntryFormatTest.kind(EntryFormat.parse(golden, SCHEMA))).isEqualTo(Kind.FOREIGN);
    }
}
