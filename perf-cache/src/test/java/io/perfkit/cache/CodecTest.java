package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.json.JsonCodec;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

class CodecTest {

    record Point(int x, int y) {}

    /** One that knows nothing of parts of arrays. */
    private static final Codec<Integer> WHOLE = new Codec<>() {
        @Override
        public byte[] encode(Integer value) {
            return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
        }

        @Override
        public Integer decode(byte[] bytes) {
            if (bytes.length != Integer.BYTES) {
                throw new IllegalArgumentException(bytes.length + " bytes");
            }
            return ByteBuffer.wrap(bytes).getInt();
        }
    };

    static List<Arguments> values() {
        return List.of(
                Arguments.of(Codec.strings(), "größe"),
                Arguments.of(Codec.bytes(), new byte[] {1, 0, -1}),
                Arguments.of(JsonCodec.of(Point.class), new Point(1, -2)),
                Arguments.of(JsonCodec.of(new TypeReference<List<Point>>() {}), List.of(new Point(3, 4))),
                Arguments.of(WHOLE, 42));
    }

    @ParameterizedTest
    @MethodSource("values")
    <V> void decode_partOfAnArray_isTheValueThatStandsThere(Codec<V> codec, V value) throws Exception {
        byte[] encoded = codec.encode(value);
        byte[] around = ByteBuffer.allocate(encoded.length + 5)
                .put((byte) '7')
                .put((byte) 0xff)
                .put(encoded)
                .put((byte) '}')
                .put((byte) '1')
                .put((byte) 0xff)
                .array();
        assertThat(codec.decode(encoded)).isEqualTo(value);
        assertThat(codec.decode(around, 2, 2 + encoded.length)).isEqualTo(value);
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void decode_partThatIsCutShort_isRefused(Codec<?> codec, byte[] bytes, Class<? extends Exception> failure) {
        assertThatThrownBy(() -> codec.decode(bytes, 1, bytes.length - 1)).isInstanceOf(failure);
    }

    static List<Arguments> malformed() {
        return List.of(
                // The second half of the letter is outside.
                Arguments.of(
                        Codec.strings(),
                        new byte[] {'a', 'b', (byte) 0xc3, (byte) 0xb6},
                        CharacterCodingException.class),
                Arguments.of(
                        JsonCodec.of(Point.class),
                        // With a letter before it, and without its brace.
                        concatenated("[", JsonCodec.of(Point.class).encode(new Point(1, 2))),
                        IllegalArgumentException.class),
                Arguments.of(WHOLE, new byte[5], IllegalArgumentException.class));
    }

    private static byte[] concatenated(String before, byte[] bytes) {
        return ByteBuffer.allocate(before.length() + bytes.length)
                .put(before.getBytes(StandardCharsets.US_ASCII))
                .put(bytes)
                .array();
    }
}
