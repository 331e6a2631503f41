package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.EntryFormat.Written;
import io.perfkit.cache.Parsed.Kind;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.cache.spi.SharedTier.Head;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EntryFormatTest {

    private static final int SCHEMA = 3;

    private final EntryFormat format = new EntryFormat();

    /** What the server makes of an entry. */
    static byte[] stamped(Written entry, long millis) {
        return ByteBuffer.allocate(entry.front().length + Long.BYTES + entry.rest().length)
                .put(entry.front())
                .putLong(millis)
                .put(entry.rest())
                .array();
    }

    static Kind kind(Parsed parsed) {
        assertThat(parsed).isInstanceOf(Parsed.Other.class);
        return ((Parsed.Other) parsed).kind();
    }

    static Parsed.Value value(Parsed parsed) {
        assertThat(parsed).isInstanceOf(Parsed.Value.class);
        return (Parsed.Value) parsed;
    }

    private byte[] value(List<String> tags) {
        Life life = new Life(1, 300_000_000L, 7_000_000L, 42, tags);
        Encoded encoded = new Encoded("v".getBytes(StandardCharsets.UTF_8), false, true);
        return stamped(format.value(new Head(-7, 42), SCHEMA, life, encoded), 1_234_567_890_123L);
    }

    @Test
    void parse_value_givesBackWhatWasWritten() {
        byte[] bytes = value(List.of("red", "größe"));
        Parsed.Value parsed = value(EntryFormat.parse(bytes, SCHEMA));
        assertThat(parsed.incarnation()).isEqualTo(-7);
        assertThat(parsed.epoch()).isEqualTo(42);
        assertThat(parsed.freshUntil()).isEqualTo(1_234_567_890_123L);
        assertThat(parsed.staleMillis()).isEqualTo(300);
        assertThat(parsed.errorMillis()).isEqualTo(7);
        assertThat(parsed.afterwards()).isEqualTo(300);
        assertThat(parsed.loadNanos()).isEqualTo(42);
        assertThat(parsed.tags()).containsExactly("red", "größe");
        assertThat(parsed.isCompressed()).isTrue();
        assertThat(parsed.isNull()).isFalse();
        assertThat(parsed.isDue()).isFalse();
        assertThat(bytes).startsWith(parsed.fence()).hasSize(parsed.valueAt() + 1);
    }

    @Test
    void parse_lease_mayBeStoredOver() {
        byte[] lease = format.lease();
        assertThat(kind(EntryFormat.parse(lease, 0))).isEqualTo(Kind.LEASE);
        assertThat(EntryFormat.parse(lease, 0).fence()).isEqualTo(lease);
    }

    @Test
    void parse_fenceOfAPut_mayNotBeStoredOver() {
        assertThat(kind(EntryFormat.parse(format.putFence(), 0))).isEqualTo(Kind.PUT);
    }

    @Test
    void parse_otherVersions_olderAreReplacedAndNewerLeftAlone() {
        byte[] bytes = value(List.of());
        assertThat(kind(EntryFormat.parse(bytes, SCHEMA + 1))).isEqualTo(Kind.FOREIGN);
        assertThat(kind(EntryFormat.parse(bytes, SCHEMA - 1))).isEqualTo(Kind.NEWER);
        bytes[0] = 1;
        assertThat(kind(EntryFormat.parse(bytes, SCHEMA))).isEqualTo(Kind.FOREIGN);
        bytes[0] = 3;
        assertThat(kind(EntryFormat.parse(bytes, SCHEMA))).isEqualTo(Kind.NEWER);
        bytes[0] = 'h';
        assertThat(kind(EntryFormat.parse(bytes, SCHEMA))).isEqualTo(Kind.FOREIGN);
        assertThat(kind(EntryFormat.parse(new byte[0], SCHEMA))).isEqualTo(Kind.FOREIGN);
    }

    @Test
    void parse_beginningOnly_isEnoughForTheHeader() {
        List<String> tags = IntStream.range(0, EntryFormat.MAXIMUM_TAGS)
                .mapToObj(i -> "t" + "x".repeat(60))
                .toList();
        assertThat(EntryFormat.fits(tags)).isTrue();
        byte[] bytes = value(tags);
        byte[] beginning = java.util.Arrays.copyOf(bytes, EntryFormat.MAXIMUM_HEADER_LENGTH);
        assertThat(value(EntryFormat.parse(beginning, SCHEMA)).tags()).isEqualTo(tags);
    }

    @Test
    void fits_tooManyOrTooLongTags_doNot() {
        assertThat(EntryFormat.fits(List.of("x".repeat(4_094)))).isTrue();
        assertThat(EntryFormat.fits(List.of("x".repeat(4_095)))).isFalse();
        assertThat(EntryFormat.fits(List.of("é".repeat(2_048)))).isFalse();
        assertThat(EntryFormat.fits(java.util.Collections.nCopies(65, "x"))).isFalse();
    }

    @Test
    void fences_areNeverEqual() {
        assertThat(format.lease()).isNotEqualTo(format.lease());
        assertThat(format.lease()).isNotEqualTo(new EntryFormat().lease());
        assertThat(format.generation()).hasSize(EntryLayout.GENERATION_LENGTH).isNotEqualTo(format.generation());
    }
}
