package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class KeyRingTest {

    @Test
    void of_withAShortSecret_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyRing.of("k", new byte[31]))
                .withMessage("secret of key k must be at least 32 bytes, but was 31");
    }

    @Test
    void of_withABadId_isRefused() {
        for (String id : List.of("", "a b", "a".repeat(33), "schlüssel")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> KeyRing.of(id, new byte[32]))
                    .withMessageContaining("key id");
        }
    }

    @Test
    void alsoAccepting_anIdAgain_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Cursors.ring("k").alsoAccepting("k", new byte[32]))
                .withMessageContaining("already has a key with the id k");
    }

    @Test
    void of_copiesTheSecret() {
        byte[] secret = new byte[32];
        KeyRing ring = KeyRing.of("k", secret);
        byte[] before = ring.signing().mac(new byte[3], 0, 3);
        secret[0] = 1;
        assertThat(ring.signing().mac(new byte[3], 0, 3)).isEqualTo(before);
    }

    /** Test case 4 of RFC 4231, section 4.5, whose key is padded here to the length that a ring asks for by zeros, which HMAC does too. */
    @Test
    void mac_ofTheRfcTestVector_isAsPublished() {
        byte[] key = new byte[32];
        for (int i = 0; i < 25; i++) {
            key[i] = (byte) (i + 1);
        }
        byte[] data = new byte[50];
        Arrays.fill(data, (byte) 0xcd);
        assertThat(HexFormat.of().formatHex(KeyRing.of("k", key).signing().mac(data, 0, data.length)))
                .isEqualTo("82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
    }

    @Test
    void mac_ofAnyKeyAndMessage_isWhatTheJdkComputes() throws Exception {
        Random random = new Random(2104);
        for (int i = 0; i < 2_000; i++) {
            byte[] secret = new byte[32 + random.nextInt(120)];
            byte[] message = new byte[random.nextInt(300)];
            random.nextBytes(secret);
            random.nextBytes(message);
            int offset = random.nextInt(message.length + 1);
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            mac.update(message, offset, message.length - offset);
            assertThat(KeyRing.of("k", secret).signing().mac(message, offset, message.length - offset))
                    .isEqualTo(mac.doFinal());
        }
    }

    @Test
    void mac_fromManyThreads_isTheSame() throws Exception {
        KeyRing.Key key = Cursors.ring("k").signing();
        byte[] expected = key.mac(new byte[100], 0, 100);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Boolean>> same = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                same.add(threads.submit(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        if (!Arrays.equals(key.mac(new byte[100], 0, 100), expected)) {
                            return false;
                        }
                    }
                    return true;
                }));
            }
            for (Future<Boolean> one : same) {
                assertThat(one.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void toString_showsIdsOnly() {
        String text = CursorCodec.signed(Cursors.ring("new").alsoAccepting("old", Cursors.secret("old")))
                .toString();
        assertThat(text).contains("new", "old").doesNotContain("secret");
    }

    @Test
    void codec_withBadOptions_isRefused() {
        CursorCodec.Builder builder = Cursors.codec().toBuilder();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.expireAfter(Duration.ZERO))
                .withMessage("expireAfter must be between PT1S and PT876000H, but was PT0S");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.maximumLength(255))
                .withMessage("maximumLength must be at least 256, but was 255");
    }
}
