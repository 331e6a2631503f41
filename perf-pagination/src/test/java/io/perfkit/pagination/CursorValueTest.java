package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.ZoneOffset;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jooq.Converter;
import org.jooq.DataType;
import org.jooq.EnumType;
import org.jooq.Field;
import org.jooq.impl.EnumConverter;
import org.jooq.impl.SQLDataType;
import org.jooq.types.UByte;
import org.jooq.types.UInteger;
import org.jooq.types.ULong;
import org.jooq.types.UShort;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CursorValueTest {

    static Stream<Object> values() {
        LocalDateTime micros = LocalDateTime.of(2026, 3, 29, 2, 30, 0, 123_456_789);
        java.sql.Timestamp timestamp = new java.sql.Timestamp(1_700_000_000_123L);
        timestamp.setNanos(123_456_789);
        return Stream.of(
                true,
                false,
                Byte.MIN_VALUE,
                (byte) 17,
                Short.MIN_VALUE,
                (short) 258,
                Integer.MIN_VALUE,
                0x01020304,
                Long.MIN_VALUE,
                0x0102030405060708L,
                new BigInteger("-123456789012345678901234567890"),
                new BigDecimal("1.10"),
                new BigDecimal("1.1"),
                new BigDecimal("-0.000000000000000000001"),
                new BigDecimal("1E+30"),
                0.1f,
                Float.NaN,
                -0.0d,
                Double.MIN_VALUE,
                Double.NaN,
                Double.NEGATIVE_INFINITY,
                "",
                "a'b\"c\u0000ß€😀",
                new byte[0],
                new byte[] {0, -1, 127},
                new UUID(1, -1),
                LocalDate.MIN,
                LocalDate.of(2026, 11, 21),
                LocalTime.of(23, 59, 59, 999_999_999),
                micros,
                LocalDateTime.MAX,
                OffsetDateTime.of(micros, ZoneOffset.ofHoursMinutesSeconds(5, 30, 15)),
                OffsetTime.of(micros.toLocalTime(), ZoneOffset.ofHours(-11)),
                Instant.parse("2026-11-21T03:11:08.123456789Z"),
                Instant.MIN,
                timestamp,
                new java.sql.Timestamp(-1),
                new java.sql.Date(TimeUnit.DAYS.toMillis(20_000)),
                new java.sql.Time(12_345_678));
    }

    @ParameterizedTest
    @MethodSource("values")
    void write_thenRead_givesAnEqualValueOfTheSameClass(Object value) {
        ByteWriter out = new ByteWriter();
        CursorValue.write(out, value);
        ByteBuffer in = ByteBuffer.wrap(out.toBytes());
        Object read = CursorValue.read(in);
        assertThat(read).isEqualTo(value).hasSameClassAs(value);
        assertThat(in.hasRemaining()).isFalse();
    }

    @Test
    void values_coverEveryTypeThatIsPromised() {
        assertThat(values().<Class<?>>map(Object::getClass)).containsAll(CursorValue.TYPES);
    }

    @Test
    void write_ofNull_isReadAsNull() {
        ByteWriter out = new ByteWriter();
        CursorValue.write(out, null);
        assertThat(CursorValue.read(ByteBuffer.wrap(out.toBytes()))).isNull();
    }

    @Test
    void write_ofAnotherType_saysWhichTypesThereAre() {
        assertThatThrownBy(() -> CursorValue.write(new ByteWriter(), Year.of(2026)))
                .isInstanceOf(PaginationException.class)
                .hasMessageContaining("java.time.Year")
                .hasMessageContaining("LocalDateTime");
    }

    @Test
    void read_ofALengthBeyondTheEnd_failsWithoutAllocating() {
        byte[] bytes = new ByteWriter().int8(11).int32(Integer.MAX_VALUE).toBytes();
        assertThatThrownBy(() -> CursorValue.read(ByteBuffer.wrap(bytes)))
                .isInstanceOf(java.nio.BufferUnderflowException.class);
    }

    enum Literal implements EnumType {
        OPEN("o"),
        SHUT("s");

        private final String literal;

        Literal(String literal) {
            this.literal = literal;
        }

        @Override
        public String getLiteral() {
            return literal;
        }

        @Override
        public String getName() {
            return null;
        }
    }

    record Euro(long cents) {}

    @Test
    void columnType_ofConvertedColumns_carriesTheDatabaseValue() {
        roundTrip(SQLDataType.VARCHAR.asEnumDataType(Literal.class), Literal.SHUT, "s");
        roundTrip(
                SQLDataType.VARCHAR.asConvertedDataType(new EnumConverter<>(String.class, TimeUnit.class)),
                TimeUnit.DAYS,
                "DAYS");
        roundTrip(
                SQLDataType.BIGINT.asConvertedDataType(
                        Converter.ofNullable(Long.class, Euro.class, Euro::new, Euro::cents)),
                new Euro(150),
                150L);
        roundTrip(SQLDataType.TINYINTUNSIGNED, UByte.valueOf(200), BigInteger.valueOf(200));
        roundTrip(SQLDataType.SMALLINTUNSIGNED, UShort.valueOf(60_000), BigInteger.valueOf(60_000));
        roundTrip(SQLDataType.INTEGERUNSIGNED, UInteger.valueOf(4_000_000_000L), BigInteger.valueOf(4_000_000_000L));
        roundTrip(SQLDataType.BIGINTUNSIGNED, ULong.MAX, ULong.MAX.toBigInteger());
    }

    private static <T> void roundTrip(DataType<T> type, T value, Object carried) {
        Field<T> field = field(name("f"), type);
        ColumnType column = new ColumnType(field, RawKey.NONE);
        assertThat(column.toCursor(value)).isEqualTo(carried);
        assertThat(column.fromCursor(carried)).isEqualTo(value);
    }
}
