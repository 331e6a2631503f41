package io.perfkit.cache.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HeadTextTest {

    private static final String MASTER = "0123456789abcdef0123456789abcdef01234567";
    private static final String GOOD = "2 fedcba9876543210 4711 42 7 " + MASTER;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void parse_whatTheScriptsWrite() {
        HeadText head = HeadText.parse(bytes(GOOD));
        assertThat(head.head().incarnation()).isEqualTo(0xfedcba9876543210L);
        assertThat(head.head().epoch()).isEqualTo(4_711);
        assertThat(head.floor()).isEqualTo(42);
        assertThat(head.tombstones()).isEqualTo(7);
        assertThat(head.master()).isEqualTo(MASTER);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2",
                "2 ",
                "1 fedcba9876543210 4711 42 7 ab",
                "2 fedcba987654321 4711 42 7 ab",
                "2 fedcba98765432100 4711 42 7 ab",
                "2 fedcba987654321x 4711 42 7 ab",
                "2 fedcba9876543210 4711 42 7",
                "2 fedcba9876543210 4711 42 7 ",
                "2 fedcba9876543210 4711 42 7 ab ",
                "2 fedcba9876543210 4711 42 7 xy",
                "2 fedcba9876543210 41 42 7 ab",
                "2 fedcba9876543210 -1 0 7 ab",
                "2 fedcba9876543210  1 0 7 ab",
                "2 fedcba9876543210 1000000000000000 0 7 ab",
                "2 fedcba9876543210 1 0 99999999999999999999999999 ab",
                "2 ｆedcba9876543210 1 0 7 ab"
            })
    void parse_anythingElse_isNoHead(String text) {
        assertThat(HeadText.parse(bytes(text))).isNull();
    }

    @Test
    void memory_ofTheLastHead_neverAnswersForAnother() {
        HeadText.Memory memory = new HeadText.Memory();
        HeadText first = memory.parse(ByteBuffer.wrap(bytes(GOOD)));
        assertThat(first).isEqualTo(HeadText.parse(bytes(GOOD)));
        assertThat(memory.parse(ByteBuffer.wrap(bytes(GOOD)))).isSameAs(first);
        // One longer, one shorter, one that differs in a digit, and one that is no head.
        for (String other : List.of(GOOD + "0", GOOD.substring(0, GOOD.length() - 1), GOOD.replace("4711", "4712"))) {
            assertThat(memory.parse(ByteBuffer.wrap(bytes(other)))).isEqualTo(HeadText.parse(bytes(other)));
        }
        assertThat(memory.parse(ByteBuffer.wrap(bytes("")))).isNull();
        assertThat(memory.parse(ByteBuffer.wrap(bytes(GOOD)))).isEqualTo(first);
    }

    @Test
    void parse_hostileBytes_neverThrows() {
        SplittableRandom random = new SplittableRandom(5);
        int good = 0;
        for (int i = 0; i < 200_000; i++) {
            byte[] bytes = bytes(GOOD);
            for (int n = random.nextInt(3); n >= 0; n--) {
                bytes[random.nextInt(bytes.length)] =
                        random.nextBoolean() ? (byte) "0 9afx".charAt(random.nextInt(6)) : (byte) random.nextInt(256);
            }
            HeadText head = HeadText.parse(random.nextInt(5) == 0 ? java.util.Arrays.copyOf(bytes, i % 80) : bytes);
            if (head != null) {
                good++;
                assertThat(head.floor()).isBetween(0L, head.head().epoch());
            }
        }
        assertThat(good).isBetween(1_000, 199_000);
    }
}
