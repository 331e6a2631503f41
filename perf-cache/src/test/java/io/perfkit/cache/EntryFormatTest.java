package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EntryFormatTest {

    private final EntryFormat format = new EntryFormat();

    @Test
    void parse_value_givesBackWhatWasWritten() {
        byte[] bytes = format.value(new SharedTier.Head(-7, 42), 300_000, "v".getBytes(StandardCharsets.UTF_8));
        EntryFormat.Parsed parsed = EntryFormat.parse(bytes);
        assertThat(parsed).isNotNull();
        assertThat(parsed.incarnation()).isEqualTo(-7);
        assertThat(parsed.epoch()).isEqualTo(42);
        assertThat(parsed.staleMillis()).isEqualTo(300_000);
        assertThat(bytes).startsWith(parsed.fence()).hasSize(parsed.value() + 1);
    }

    @Test
    void parse_lease_mayBeStoredOver() {
        byte[] lease = format.lease();
        assertThat(EntryFormat.parse(lease).fence()).isEqualTo(lease);
        assertThat(EntryFormat.parse(lease).value()).isNegative();
    }

    @Test
    void parse_fenceOfAPut_mayNotBeStoredOver() {
        assertThat(EntryFormat.parse(format.putFence()).fence()).isNull();
    }

    @Test
    void fences_areNeverEqual() {
        assertThat(format.lease()).isNotEqualTo(format.lease());
        assertThat(format.lease()).isNotEqualTo(new EntryFormat().lease());
    }

    @Test
    void parse_hostileBytes_neverThrows() {
        Random random = new Random(7);
        for (int i = 0; i < 1_000_000; i++) {
            byte[] bytes = new byte[random.nextInt(60)];
            random.nextBytes(bytes);
            if (bytes.length > 1 && random.nextBoolean()) {
                bytes[0] = 1;
                bytes[1] = (byte) "LPV".charAt(random.nextInt(3));
            }
            EntryFormat.Parsed parsed = EntryFormat.parse(bytes);
            if (parsed != null) {
                assertThat(parsed.value()).isLessThanOrEqualTo(bytes.length);
            }
        }
    }
}
