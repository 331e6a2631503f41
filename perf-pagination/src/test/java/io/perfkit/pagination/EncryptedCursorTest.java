package io.perfkit.pagination;

import static io.perfkit.pagination.InvalidCursorException.Reason.EXPIRED;
import static io.perfkit.pagination.InvalidCursorException.Reason.FORGED;
import static io.perfkit.pagination.InvalidCursorException.Reason.MALFORMED;
import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.perfkit.testkit.time.ManualClock;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** AES-256-GCM: nobody reads, changes or makes up a cursor. */
class EncryptedCursorTest {

    private static final Keyset KEYSET = Keyset.by(TX.REFERENCE.desc(), TX.ID.asc());
    private static final String SECRET = "salary-of-the-chief";

    private TxDatabase database;
    private String token;

    @BeforeEach
    void open() throws SQLException {
        database = TxDatabase.of(5);
        database.dsl().update(TX).set(TX.REFERENCE, SECRET).execute();
        token = page(encrypted("test"), CursorRequest.first(2)).next().orElseThrow();
        database.statements().clear();
    }

    @AfterEach
    void close() throws SQLException {
        database.close();
    }

    private static CursorCodec encrypted(String id) {
        return CursorCodec.encrypted(Cursors.ring(id));
    }

    private CursorPage<TxRecord> page(CursorCodec codec, CursorRequest request) {
        CursorPaginator<TxRecord> paginator =
                CursorPaginator.over(database.dsl(), KEYSET).cursors(codec).build();
        return paginator.fetch(database.dsl().selectFrom(TX), request);
    }

    private InvalidCursorException.Reason reason(CursorCodec codec, String text) {
        InvalidCursorException refused = catchThrowableOfType(
                InvalidCursorException.class,
                () -> page(codec, CursorRequest.first(2).after(text)));
        assertThat(refused).as("refusal of %s", text).isNotNull();
        return refused.reason();
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Every byte: the head, the order's and the filter's fingerprint, the position, and what protects them. */
    @Test
    void token_ofAFixedKeyAndPosition_isThisText() {
        assertThat(page(Cursors.codec(), CursorRequest.first(2)).next())
                .contains(
                        "AQR0ZXN0AH__________rHnGKtlmhbGRrxIVZqa50AsAAAATc2FsYXJ5LW9mLXRoZS1jaGllZgYAAAAAAAAAAmVr14zzOK2SUui-IBk4"
                                + "NbuOh2zyML_JtGVs_cF48RpF");
        assertThat(token)
                .isEqualTo(
                        "AgR0ZXN0rs9Eg0u-9n82VZqIg7UnCMdTXhBviL8WE1ucPu9Xbg-0nW2kaN0yEeNIeW2dXL3a69HTUFQFQ1PZAwhbBp1_HoIRZZS1XaBIAVW5TxhoccvIVCSqMxs");
    }

    @Test
    void next_ofAPage_leadsOnAndHidesTheValues() {
        assertThat(page(encrypted("test"), CursorRequest.first(9).after(token)).items())
                .extracting(TxRecord::id)
                .containsExactly(3L, 4L, 5L);
        String inside = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.ISO_8859_1);
        assertThat(inside).doesNotContain("salary", "chief");
        String signed = page(Cursors.codec(), CursorRequest.first(2)).next().orElseThrow();
        assertThat(new String(Base64.getUrlDecoder().decode(signed), StandardCharsets.ISO_8859_1))
                .contains(SECRET);
    }

    @Test
    void fetch_withAnyBitFlippedOrAnyByteCut_isRefusedWithoutTheDatabase() {
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(reason(encrypted("test"), text(changed)))
                    .as("bit %s", bit)
                    .isIn(MALFORMED, FORGED);
        }
        for (int length = 0; length < bytes.length; length++) {
            assertThat(reason(encrypted("test"), text(Arrays.copyOf(bytes, length))))
                    .isIn(MALFORMED, FORGED);
        }
        assertThat(reason(encrypted("test"), text(Arrays.copyOf(bytes, bytes.length + 1))))
                .isEqualTo(FORGED);
        assertThat(database.statements()).isEmpty();
    }

    @Test
    void fetch_withACursorOfTheOtherKind_isRefused() {
        String signed = page(Cursors.codec(), CursorRequest.first(2)).next().orElseThrow();
        assertThat(reason(encrypted("test"), signed)).isEqualTo(MALFORMED);
        assertThat(reason(Cursors.codec(), token)).isEqualTo(MALFORMED);
        // Even if it claims to be of the other kind.
        byte[] claiming = Base64.getUrlDecoder().decode(signed);
        claiming[0] = 2;
        assertThat(reason(encrypted("test"), text(claiming))).isEqualTo(FORGED);
    }

    @Test
    void fetch_afterRotation_readsTheOldAndRefusesTheRetired() {
        CursorCodec rotated = CursorCodec.encrypted(Cursors.ring("new").alsoAccepting("test", Cursors.secret("test")));
        assertThat(page(rotated, CursorRequest.first(1).after(token)).items()).hasSize(1);
        assertThat(reason(encrypted("new"), token)).isEqualTo(FORGED);
        CursorCodec sameId = CursorCodec.encrypted(KeyRing.of("test", Cursors.secret("another secret")));
        assertThat(reason(sameId, token)).isEqualTo(FORGED);
    }

    @Test
    void fetch_withAnExpiredCursor_isGone() {
        ManualClock clock = new ManualClock();
        CursorCodec codec = encrypted("test").toBuilder()
                .expireAfter(Duration.ofMinutes(1))
                .clock(clock)
                .build();
        String shortLived = page(codec, CursorRequest.first(2)).next().orElseThrow();
        assertThat(page(codec, CursorRequest.first(2).after(shortLived)).items())
                .hasSize(2);
        clock.advance(Duration.ofMinutes(1));
        assertThat(reason(codec, shortLived)).isEqualTo(EXPIRED);
    }

    @Test
    void nonce_ofDifferentPositions_neverRepeats() {
        CursorPage<TxRecord> page = page(encrypted("test"), CursorRequest.first(5));
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            byte[] bytes = Base64.getUrlDecoder().decode(page.cursor(i));
            nonces.add(Arrays.toString(Arrays.copyOfRange(bytes, 6, 18)));
            assertThat(page.cursor(i)).isEqualTo(page.cursor(i));
        }
        assertThat(nonces).hasSize(5);
    }

    @Test
    void toString_ofTheCodec_showsTheKindAndNoSecret() {
        assertThat(encrypted("test").toString()).contains("encrypted", "test").doesNotContain("for tests only");
    }
}
