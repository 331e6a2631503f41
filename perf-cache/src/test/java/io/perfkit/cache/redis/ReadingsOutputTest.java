package io.perfkit.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.spi.SharedTier.Head;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReadingsOutputTest {

    private static final String HEAD = "2 fedcba9876543210 4711 42 7 0123456789abcdef0123456789abcdef01234567";

    private final ReadingsOutput output = new ReadingsOutput(new HeadText.Memory(), 2);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void set_headAndEntries_areReadingsInTheirOrder() {
        output.multi(3);
        output.set(bytes(HEAD));
        output.set(bytes("entry"));
        output.set(null);
        assertThat(output.get()).hasSize(2).allSatisfy(reading -> {
            assertThat(reading.head()).isEqualTo(new Head(0xfedcba9876543210L, 4_711));
            assertThat(reading.master()).isNull();
            assertThat(reading.millis()).isEqualTo(-1);
        });
        assertThat(output.get().get(0).bytes()).asString(StandardCharsets.UTF_8).isEqualTo("entry");
        assertThat(output.get().get(1).bytes()).isNull();
    }

    @Test
    void set_withoutAHead_takesNoEntryForOne() {
        output.multi(3);
        output.set(null);
        output.set(bytes(HEAD));
        assertThat(output.get()).singleElement().satisfies(reading -> {
            assertThat(reading.head()).isNull();
            assertThat(reading.bytes()).asString(StandardCharsets.UTF_8).isEqualTo(HEAD);
        });
    }

    @Test
    void set_somethingElseThanAString_isRefused() {
        assertThatThrownBy(() -> output.set(7L)).isInstanceOf(UnsupportedOperationException.class);
    }
}
