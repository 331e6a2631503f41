package io.perfkit.cache.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.perfkit.cache.json.Samples.Tree;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Bytes that this codec never wrote. They end in an exception, which the shared tier counts as undecodable. */
class JsonCodecHostileTest {

    record Numbers(
            int i,
            long l,
            double d,
            BigDecimal decimal,
            BigInteger integer,
            Instant at,
            @Nullable Duration length) {}

    private static final JsonCodec<Numbers> NUMBERS = JsonCodec.of(Numbers.class);
    private static final JsonCodec<Tree> TREES = JsonCodec.of(Tree.class);
    private static final JsonCodec<Map<String, Integer>> MAPS =
            JsonCodec.of(new tools.jackson.core.type.TypeReference<>() {});

    private static String numbers(String name, String value) {
        String rest = Map.of(
                        "i", "1", "l", "1", "d", "1", "decimal", "1", "integer", "1", "at", "\"1970-01-01T00:00:00Z\"")
                .entrySet()
                .stream()
                .filter(e -> !e.getKey().equals(name))
                .map(e -> "\"" + e.getKey() + "\":" + e.getValue())
                .reduce("", (a, b) -> a + "," + b);
        return "{\"" + name + "\":" + value + rest + "}";
    }

    /** They have the right fingerprint and sum: whoever wrote them knows the format. */
    static List<Arguments> forged() {
        return List.of(
                Arguments.of(TREES, "{\"name\":\"a\",\"children\":[".repeat(100_000)),
                Arguments.of(TREES, "[".repeat(1_000_000)),
                Arguments.of(TREES, "{\"name\":\"a\",\"children\":[]}{}"),
                Arguments.of(TREES, "{\"name\":\"a\",\"children\":[],\"x\":" + "[".repeat(1_000_000)),
                Arguments.of(TREES, "null"),
                Arguments.of(TREES, ""),
                Arguments.of(TREES, "{\"name\":{},\"children\":[]}"),
                Arguments.of(NUMBERS, numbers("i", "1e999999999")),
                Arguments.of(NUMBERS, numbers("i", "1.5")),
                Arguments.of(NUMBERS, numbers("i", "null")),
                Arguments.of(NUMBERS, numbers("i", "2147483648")),
                Arguments.of(NUMBERS, numbers("l", "1e999999999")),
                Arguments.of(NUMBERS, numbers("l", "9".repeat(100_000))),
                Arguments.of(NUMBERS, numbers("integer", "1e999999999")),
                Arguments.of(NUMBERS, numbers("integer", "9".repeat(1_000_000))),
                Arguments.of(NUMBERS, numbers("decimal", "9".repeat(1_000_000))),
                Arguments.of(NUMBERS, numbers("decimal", "1e9999999999999")),
                Arguments.of(NUMBERS, numbers("length", "\"PT" + "9".repeat(100_000) + "S\"")),
                Arguments.of(MAPS, "{\"a\":1e999999999}"),
                Arguments.of(MAPS, "{\"a\":1,}"),
                Arguments.of(MAPS, "{\"a\":NaN}"));
    }

    @ParameterizedTest
    @MethodSource("forged")
    void decode_forgedJson_failsAtOnce(JsonCodec<?> codec, String json) {
        byte[] bytes = codec.framed(json.getBytes(StandardCharsets.UTF_8));
        assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThatThrownBy(() -> codec.decode(bytes)).isInstanceOf(Exception.class));
    }

    /** A number that is large, and a value nevertheless, is not computed with. */
    @Test
    void decode_hugeDecimal_isReadWithoutBeingWrittenOut() {
        byte[] bytes = NUMBERS.framed(numbers("decimal", "1e999999999").getBytes(StandardCharsets.UTF_8));
        Numbers read = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> NUMBERS.decode(bytes));
        assertThat(read.decimal()).isEqualTo(new BigDecimal("1e999999999"));
    }

    /** Jackson takes such a number of seconds for none. What matters is that it does not count them. */
    @Test
    void decode_hugeTimes_endAtOnce() {
        for (String name : List.of("at", "length")) {
            byte[] bytes = NUMBERS.framed(numbers(name, "1e999999999").getBytes(StandardCharsets.UTF_8));
            Numbers read = assertTimeoutPreemptively(Duration.ofSeconds(10), () -> NUMBERS.decode(bytes));
            assertThat(read.at()).isEqualTo(Instant.EPOCH);
        }
    }

    /** JSON as somebody changed it in Redis: another number, a name twice, a token more. */
    @Test
    void decode_jsonThatWasChanged_fails() throws Exception {
        byte[] written = MAPS.encode(Map.of("a", 1));
        for (String json :
                List.of("{\"a\":2}", "{\"a\":1,\"a\":2}", "{\"a\":1} 1", "{\"a\":1,\"b\":2}", "{ \"a\":1}")) {
            byte[] text = json.getBytes(StandardCharsets.UTF_8);
            byte[] bytes = new byte[Long.BYTES + text.length];
            System.arraycopy(written, 0, bytes, 0, Long.BYTES);
            System.arraycopy(text, 0, bytes, Long.BYTES, text.length);
            assertThatThrownBy(() -> MAPS.decode(bytes)).hasMessageContaining("not as they were written");
        }
    }

    @Test
    void decode_anyByteChangedOrCut_fails() {
        Numbers value = new Numbers(1, 2, 3, BigDecimal.TEN, BigInteger.ONE, Instant.EPOCH, Duration.ZERO);
        byte[] written = NUMBERS.encode(value);
        Random random = new Random(5);
        for (int i = 0; i < written.length; i++) {
            byte[] changed = written.clone();
            changed[i] ^= (byte) (1 + random.nextInt(255));
            assertThatThrownBy(() -> NUMBERS.decode(changed)).isInstanceOf(Exception.class);
            int length = i;
            assertThatThrownBy(() -> NUMBERS.decode(written, 0, length)).isInstanceOf(Exception.class);
        }
        assertThat(NUMBERS.decode(written)).isEqualTo(value);
    }
}
