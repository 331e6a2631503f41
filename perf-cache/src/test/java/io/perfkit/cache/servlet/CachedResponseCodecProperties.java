package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferUnderflowException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Stored responses as bytes: what was written comes back, and nothing else comes at all. */
class CachedResponseCodecProperties {

    private static final CachedResponseCodec CODEC = new CachedResponseCodec();

    @Provide
    Arbitrary<CachedResponse> responses() {
        Arbitrary<String> names = Arbitraries.strings()
                .withChars("abcXYZ019-_")
                .ofMinLength(1)
                .ofMaxLength(20)
                .map(name -> "X-" + name);
        Arbitrary<String> values =
                Arbitraries.strings().withCharRange(' ', '~').withChars("äß€\t").ofMaxLength(50);
        return Combinators.combine(
                        Arbitraries.of(200, 203, 301, 308, 404, 410),
                        Arbitraries.longs(),
                        Arbitraries.maps(names, values.list().ofMinSize(1).ofMaxSize(3))
                                .ofMaxSize(5),
                        Arbitraries.bytes().array(byte[].class).ofMaxSize(300))
                .as(CachedResponse::new);
    }

    @Property(tries = 500)
    void decode_ofEncoded_isTheSame(@ForAll("responses") CachedResponse response) throws Exception {
        assertThat(CODEC.decode(CODEC.encode(response))).isEqualTo(response);
    }

    @Property(tries = 2_000)
    void decode_ofMutilated_isASafeResponseOrAnException(
            @ForAll("responses") CachedResponse response, @ForAll long seed) throws Exception {
        byte[] bytes = CODEC.encode(response);
        Random random = new Random(seed);
        for (int i = random.nextInt(4); i >= 0; i--) {
            bytes[random.nextInt(Math.min(bytes.length, 80))] = (byte) random.nextInt();
        }
        byte[] cut = java.util.Arrays.copyOf(bytes, random.nextInt(bytes.length + 8));
        try {
            CachedResponse decoded = CODEC.decode(cut);
            assertThat(StorableResponses.isKept(decoded.status())).isTrue();
            assertThat(CachedResponse.canKeep(decoded.headers())).isTrue();
        } catch (IllegalArgumentException | BufferUnderflowException | CharacterCodingException e) {
            // A miss and a counter, says the region.
        }
    }

    @Example
    void decode_ofHeadersThatSplitOrPersonalise_isRefused() throws Exception {
        for (Map<String, List<String>> headers : List.of(
                Map.of("X-A", List.of("b\r\nSet-Cookie: c=d")),
                Map.of("X-A\r\nX-B", List.of("b")),
                Map.of("X A", List.of("b")),
                Map.of("", List.of("b")),
                Map.of("Set-Cookie", List.of("c=d")),
                Map.of("sEt-cOoKiE", List.of("c=d")),
                Map.of("Transfer-Encoding", List.of("chunked")),
                Map.of("Content-Length", List.of("5")))) {
            byte[] bytes = CODEC.encode(new CachedResponse(200, 0, headers, new byte[0]));
            assertThatThrownBy(() -> CODEC.decode(bytes)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Example
    void decode_ofStatusThatIsNeverKept_isRefused() throws Exception {
        for (int status : new int[] {0, 100, 101, 206, 302, 304, 401, 500, 65_535}) {
            byte[] bytes = CODEC.encode(new CachedResponse(status, 0, Map.of(), new byte[0]));
            assertThatThrownBy(() -> CODEC.decode(bytes)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    /** The format as it was first written: what a Redis may hold when a newer version reads it. */
    @Example
    void decode_ofTheFirstFormat() throws Exception {
        byte[] golden = ("\001\000\310" + "\000\000\001\233\166\332\230\000" + "\000\002"
                        + "\000\000\000\014Content-Type\000\000\000\012text/plain"
                        + "\000\000\000\004ETag\000\000\000\003\"1\"" + "hello")
                .getBytes(StandardCharsets.ISO_8859_1);
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("Content-Type", List.of("text/plain"));
        headers.put("ETag", List.of("\"1\""));
        CachedResponse response =
                new CachedResponse(200, 0x19b76da9800L, headers, "hello".getBytes(StandardCharsets.UTF_8));
        assertThat(CODEC.encode(response)).isEqualTo(golden);
        assertThat(CODEC.decode(golden)).isEqualTo(response);
    }
}
