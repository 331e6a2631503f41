package io.perfkit.pagination;

import static io.perfkit.pagination.InvalidCursorException.Reason.EXPIRED;
import static io.perfkit.pagination.InvalidCursorException.Reason.FORGED;
import static io.perfkit.pagination.InvalidCursorException.Reason.MALFORMED;
import static io.perfkit.pagination.InvalidCursorException.Reason.OTHER_DIRECTION;
import static io.perfkit.pagination.InvalidCursorException.Reason.OTHER_FILTER;
import static io.perfkit.pagination.InvalidCursorException.Reason.OTHER_ORDER;
import static io.perfkit.pagination.Tx.TX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.perfkit.testkit.time.ManualClock;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.jooq.Condition;
import org.jooq.ConnectionProvider;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/** Whatever a client sends that is not a cursor for this very request is refused before the database is touched. */
class HostileCursorTest {

    /** Thrown where a test reaches for the database. */
    private static final class DatabaseTouched extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final DSLContext NO_DATABASE = DSL.using(
            new ConnectionProvider() {
                @Override
                public Connection acquire() {
                    throw new DatabaseTouched();
                }

                @Override
                public void release(Connection connection) {}
            },
            SQLDialect.POSTGRES);

    private static final Keyset KEYSET = Keyset.by(TX.CREATED_AT.desc(), TX.ID.asc());
    private static final Condition PAID = TX.STATUS.eq("PAID");

    private static final LocalDateTime CREATED_AT = LocalDateTime.of(2026, 11, 21, 3, 11, 8, 123_456_000);

    private final String token = issue(KEYSET, PAID, "", Cursors.codec());

    @Test
    void fetch_withTheGenuineCursor_reachesTheDatabase() {
        assertThatThrownBy(() -> fetch(token)).isInstanceOf(DatabaseTouched.class);
    }

    @Test
    void fetch_withAnyBitOfTheBytesFlipped_isRefused() {
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            byte[] changed = bytes.clone();
            changed[bit / 8] ^= (byte) (1 << (bit % 8));
            assertThat(reason(text(changed))).as("bit %s", bit).isIn(MALFORMED, FORGED);
        }
    }

    @Test
    void fetch_withAnyBitOfTheTextFlipped_isRefused() {
        for (int bit = 0; bit < token.length() * 16; bit++) {
            char[] changed = token.toCharArray();
            changed[bit / 16] ^= (char) (1 << (bit % 16));
            assertThat(reason(new String(changed))).as("bit %s", bit).isIn(MALFORMED, FORGED);
        }
    }

    @Test
    void fetch_withAnyTruncationOrExtension_isRefused() {
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        for (int length = 0; length < bytes.length; length++) {
            assertThat(reason(text(Arrays.copyOf(bytes, length)))).isIn(MALFORMED, FORGED);
            assertThat(reason(text(Arrays.copyOfRange(bytes, bytes.length - length, bytes.length))))
                    .isIn(MALFORMED, FORGED);
        }
        for (int length = 0; length < token.length(); length++) {
            assertThat(reason(token.substring(0, length))).isIn(MALFORMED, FORGED);
        }
        for (String more : List.of("=", "A", "AA", "AAAA", " ", "\n", token)) {
            assertThat(reason(token + more)).isIn(MALFORMED, FORGED);
        }
        assertThat(reason(text(Arrays.copyOf(bytes, bytes.length + 1)))).isEqualTo(FORGED);
    }

    @Test
    void fetch_withRandomTexts_isRefused() {
        Random random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            byte[] bytes = new byte[random.nextInt(200)];
            random.nextBytes(bytes);
            if (bytes.length > 6 && i % 2 == 0) {
                // The beginning of a genuine one, so that every check behind the first is reached too.
                System.arraycopy(Base64.getUrlDecoder().decode(token), 0, bytes, 0, 6);
            }
            String text = i % 5 == 0 ? new String(bytes, StandardCharsets.UTF_16) : text(bytes);
            assertThat(reason(text)).isIn(MALFORMED, FORGED);
        }
    }

    @Test
    void fetch_withATextThatIsTooLong_isRefusedThoughGenuine() {
        String id = "a-key-id-of-thirty-two-characters".substring(0, 32);
        CursorCodec codec = CursorCodec.signed(KeyRing.of(id, Cursors.secret(id)));
        Keyset wide = Keyset.by(Stream.of("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l")
                        .map(alias -> TX.as(alias).ID.asc())
                        .toArray(SortField<?>[]::new))
                .uniqueBy(TX.as("a").ID);
        String genuine = issue(wide, PAID, "", codec);
        assertThat(genuine).hasSizeGreaterThan(256);
        CursorCodec strict = codec.toBuilder().maximumLength(256).build();
        assertThatThrownBy(() -> fetch(wide, genuine, codec)).isInstanceOf(DatabaseTouched.class);
        assertThatThrownBy(() -> fetch(wide, genuine, strict)).isInstanceOf(InvalidCursorException.class);
    }

    @Test
    void fetch_withAnEmptyText_isNotTheFirstPage() {
        assertThat(reason("")).isEqualTo(MALFORMED);
    }

    @Test
    void fetch_withACursorOfAnotherKey_isRefused() {
        assertThat(reason(issue(KEYSET, PAID, "", CursorCodec.signed(Cursors.ring("other")))))
                .isEqualTo(FORGED);
        CursorCodec sameId = CursorCodec.signed(KeyRing.of("test", Cursors.secret("another secret")));
        assertThat(reason(issue(KEYSET, PAID, "", sameId))).isEqualTo(FORGED);
    }

    @Test
    void fetch_withACursorOfAnotherOrder_isRefused() {
        for (Keyset other : List.of(
                Keyset.by(TX.CREATED_AT.asc(), TX.ID.asc()),
                Keyset.by(TX.CREATED_AT.desc(), TX.ID.desc()),
                Keyset.by(TX.ID.asc(), TX.CREATED_AT.desc()),
                Keyset.by(TX.CREATED_AT.desc().nullsLast(), TX.ID.asc()).nullable(TX.CREATED_AT),
                Keyset.by(TX.CREATED_AT.desc().nullsFirst(), TX.ID.asc()).nullable(TX.CREATED_AT),
                Keyset.by(TX.as("t").CREATED_AT.desc(), TX.as("t").ID.asc()))) {
            assertThat(reason(issue(other, PAID, "", Cursors.codec())))
                    .as("%s", other)
                    .isEqualTo(OTHER_ORDER);
        }
    }

    @Test
    void fetch_withACursorOfAnotherFilter_isRefused() {
        for (Condition other : List.of(
                TX.STATUS.eq("OPEN"),
                TX.STATUS.ne("PAID"),
                PAID.and(TX.ID.gt(1L)),
                TX.REFERENCE.eq("PAID"),
                DSL.noCondition())) {
            assertThat(reason(issue(KEYSET, other, "", Cursors.codec())))
                    .as("%s", other)
                    .isEqualTo(OTHER_FILTER);
        }
    }

    @Test
    void fetch_withACursorOfAnotherTable_isRefused() {
        CursorPaginator<Record> any = CursorPaginator.over(NO_DATABASE, KEYSET)
                .cursors(Cursors.codec())
                .build();
        Select<?> joined =
                NO_DATABASE.select(TX.fields()).from(TX).crossJoin("other").where(PAID);
        InvalidCursorException refused = catchThrowableOfType(
                InvalidCursorException.class,
                () -> any.fetch(joined, CursorRequest.first(3).after(token)));
        assertThat(refused.reason()).isEqualTo(OTHER_FILTER);
    }

    @Test
    void fetch_withACursorOfAnotherScope_isRefused() {
        assertThat(reason(issue(KEYSET, PAID, "tenant 7", Cursors.codec()))).isEqualTo(OTHER_FILTER);
    }

    @Test
    void fetch_withACursorOfTheOtherDirection_isRefused() {
        CursorPaginator<TxRecord> paginator = paginator(KEYSET, Cursors.codec());
        assertThat(catchThrowableOfType(
                                InvalidCursorException.class,
                                () -> paginator.fetch(
                                        NO_DATABASE.selectFrom(TX).where(PAID),
                                        CursorRequest.last(3).before(token)))
                        .reason())
                .isEqualTo(OTHER_DIRECTION);
    }

    @Test
    void fetch_withAnExpiredCursor_isGone() {
        ManualClock clock = new ManualClock();
        CursorCodec codec = Cursors.codec().toBuilder()
                .expireAfter(Duration.ofMinutes(10))
                .clock(clock)
                .build();
        String shortLived = issue(KEYSET, PAID, "", codec);
        clock.advance(Duration.ofMinutes(10).minusMillis(1));
        assertThatThrownBy(() -> fetch(shortLived, codec)).isInstanceOf(DatabaseTouched.class);
        clock.advance(Duration.ofMillis(1));
        InvalidCursorException expired =
                catchThrowableOfType(InvalidCursorException.class, () -> fetch(shortLived, codec));
        assertThat(expired.reason()).isEqualTo(EXPIRED);
        assertThat(expired.httpStatus()).isEqualTo(410);
    }

    @Test
    void fetch_afterRotation_acceptsOldAndNewAndRefusesRetired() {
        CursorCodec rotated = CursorCodec.signed(Cursors.ring("new").alsoAccepting("test", Cursors.secret("test")));
        assertThatThrownBy(() -> fetch(token, rotated)).isInstanceOf(DatabaseTouched.class);
        String fresh = issue(KEYSET, PAID, "", rotated);
        assertThatThrownBy(() -> fetch(fresh, rotated)).isInstanceOf(DatabaseTouched.class);
        assertThatThrownBy(() -> fetch(fresh, CursorCodec.signed(Cursors.ring("new"))))
                .isInstanceOf(DatabaseTouched.class);
        assertThatThrownBy(() -> fetch(token, CursorCodec.signed(Cursors.ring("new"))))
                .isInstanceOf(InvalidCursorException.class);
    }

    @Test
    void message_ofEveryReason_tellsNothingAboutKeyOrSql() {
        for (InvalidCursorException.Reason reason : InvalidCursorException.Reason.values()) {
            InvalidCursorException exception = new InvalidCursorException(reason);
            assertThat(exception.getMessage()).doesNotContainIgnoringCase("tx").doesNotContain("select", "test", "key");
            assertThat(exception.getStackTrace()).isEmpty();
            assertThat(exception.httpStatus()).isEqualTo(reason == EXPIRED ? 410 : 400);
        }
    }

    @Test
    void token_doesNotShowFilterOrScope() {
        String text = new String(
                Base64.getUrlDecoder().decode(issue(KEYSET, PAID, "tenant 7", Cursors.codec())),
                StandardCharsets.ISO_8859_1);
        assertThat(text).doesNotContain("PAID", "tenant", "tx", "created_at");
    }

    /** Pins the wire format: cursors issued by one release are read by the next. */
    @Test
    void encode_ofKnownPosition_givesTheTextOfVersion1() {
        assertThat(token).isEqualTo(issue(KEYSET, PAID, "", Cursors.codec()));
        byte[] bytes = Base64.getUrlDecoder().decode(token);
        assertThat(bytes).startsWith(1, 4, 't', 'e', 's', 't', 0);
        assertThat(bytes).hasSize(2 + 4 + 1 + 3 * 8 + (1 + 16) + (1 + 8) + 32);
    }

    private static InvalidCursorException.Reason reason(String token) {
        InvalidCursorException refused = catchThrowableOfType(InvalidCursorException.class, () -> fetch(token));
        assertThat(refused).as("refusal of %.100s", token).isNotNull();
        return refused.reason();
    }

    private static void fetch(String token) {
        fetch(token, Cursors.codec());
    }

    private static void fetch(String token, CursorCodec codec) {
        fetch(KEYSET, token, codec);
    }

    private static void fetch(Keyset keyset, String token, CursorCodec codec) {
        paginator(keyset, codec)
                .fetch(
                        NO_DATABASE.selectFrom(TX).where(PAID),
                        CursorRequest.first(3).after(token));
    }

    private static CursorPaginator<TxRecord> paginator(Keyset keyset, CursorCodec codec) {
        return CursorPaginator.over(NO_DATABASE, keyset).cursors(codec).build();
    }

    /** The cursor that a page of such a request ends with. */
    private static String issue(Keyset keyset, Condition filter, String scope, CursorCodec codec) {
        CursorPaginator<TxRecord> paginator = paginator(keyset, codec);
        PageQuery<TxRecord> query =
                new PageQuery<>(NO_DATABASE, NO_DATABASE.selectFrom(TX).where(filter));
        List<Object> position = keyset.fields().stream()
                .map(field -> field.getType() == Long.class ? (Object) 5L : CREATED_AT)
                .toList();
        return codec.encode(new Cursor(Cursor.Use.FORWARD, false, position), paginator.binding(query.filter(), scope));
    }

    private static String text(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
