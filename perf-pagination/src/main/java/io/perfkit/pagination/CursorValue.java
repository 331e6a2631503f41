package io.perfkit.pagination;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes one key value as a type byte and its contents, and reads back an equal value of the same class: nothing is
 * rounded, rescaled or converted on the way. The type bytes are part of the cursor format; they are never reused.
 */
final class CursorValue {

    static final Set<Class<?>> TYPES = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            BigDecimal.class,
            Float.class,
            Double.class,
            String.class,
            byte[].class,
            UUID.class,
            LocalDate.class,
            LocalTime.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            OffsetTime.class,
            Instant.class,
            java.sql.Date.class,
            java.sql.Time.class,
            java.sql.Timestamp.class);

    private CursorValue() {}

    static void write(ByteWriter out, @Nullable Object value) {
        if (value == null) {
            out.int8(0);
        } else if (value instanceof Boolean v) {
            out.int8(v ? 2 : 1);
        } else if (value instanceof Byte v) {
            out.int8(3).int8(v);
        } else if (value instanceof Short v) {
            out.int8(4).int8(v >> 8).int8(v);
        } else if (value instanceof Integer v) {
            out.int8(5).int32(v);
        } else if (value instanceof Long v) {
            out.int8(6).int64(v);
        } else if (value instanceof BigInteger v) {
            out.int8(7).sized(v.toByteArray());
        } else if (value instanceof BigDecimal v) {
            out.int8(8).int32(v.scale()).sized(v.unscaledValue().toByteArray());
        } else if (value instanceof Float v) {
            out.int8(9).int32(Float.floatToRawIntBits(v));
        } else if (value instanceof Double v) {
            out.int8(10).int64(Double.doubleToRawLongBits(v));
        } else if (value instanceof String v) {
            out.int8(11).sized(v.getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof byte[] v) {
            out.int8(12).sized(v);
        } else if (value instanceof UUID v) {
            out.int8(13).int64(v.getMostSignificantBits()).int64(v.getLeastSignificantBits());
        } else if (value instanceof LocalDate v) {
            out.int8(14).int64(v.toEpochDay());
        } else if (value instanceof LocalTime v) {
            out.int8(15).int64(v.toNanoOfDay());
        } else if (value instanceof LocalDateTime v) {
            out.int8(16);
            dateTime(out, v);
        } else if (value instanceof OffsetDateTime v) {
            out.int8(17);
            dateTime(out, v.toLocalDateTime());
            out.int32(v.getOffset().getTotalSeconds());
        } else if (value instanceof OffsetTime v) {
            out.int8(18)
                    .int64(v.toLocalTime().toNanoOfDay())
                    .int32(v.getOffset().getTotalSeconds());
        } else if (value instanceof Instant v) {
            out.int8(19).int64(v.getEpochSecond()).int32(v.getNano());
        } else if (value instanceof java.sql.Timestamp v) {
            // Not an instant: the value in the database is the local date and time that the driver made it from.
            out.int8(20).int64(v.getTime()).int32(v.getNanos());
        } else if (value instanceof java.sql.Date v) {
            out.int8(21).int64(v.getTime());
        } else if (value instanceof java.sql.Time v) {
            out.int8(22).int64(v.getTime());
        } else {
            throw new PaginationException("a cursor cannot carry a value of "
                    + value.getClass().getName() + "; it can carry "
                    + TYPES.stream().map(Class::getSimpleName).sorted().toList());
        }
    }

    /** Fails with a {@link RuntimeException} on bytes that no {@link #write} produced. */
    static @Nullable Object read(ByteBuffer in) {
        byte type = in.get();
        return switch (type) {
            case 0 -> null;
            case 1 -> false;
            case 2 -> true;
            case 3 -> in.get();
            case 4 -> in.getShort();
            case 5 -> in.getInt();
            case 6 -> in.getLong();
            case 7 -> new BigInteger(sized(in));
            case 8 -> {
                int scale = in.getInt();
                yield new BigDecimal(new BigInteger(sized(in)), scale);
            }
            case 9 -> Float.intBitsToFloat(in.getInt());
            case 10 -> Double.longBitsToDouble(in.getLong());
            case 11 -> new String(sized(in), StandardCharsets.UTF_8);
            case 12 -> sized(in);
            case 13 -> new UUID(in.getLong(), in.getLong());
            case 14 -> LocalDate.ofEpochDay(in.getLong());
            case 15 -> LocalTime.ofNanoOfDay(in.getLong());
            case 16 -> dateTime(in);
            case 17 -> OffsetDateTime.of(dateTime(in), ZoneOffset.ofTotalSeconds(in.getInt()));
            case 18 -> OffsetTime.of(LocalTime.ofNanoOfDay(in.getLong()), ZoneOffset.ofTotalSeconds(in.getInt()));
            case 19 -> Instant.ofEpochSecond(in.getLong(), in.getInt());
            case 20 -> {
                java.sql.Timestamp timestamp = new java.sql.Timestamp(in.getLong());
                timestamp.setNanos(in.getInt());
                yield timestamp;
            }
            case 21 -> new java.sql.Date(in.getLong());
            case 22 -> new java.sql.Time(in.getLong());
            default -> throw new IllegalArgumentException("unknown type of value " + type);
        };
    }

    private static void dateTime(ByteWriter out, LocalDateTime value) {
        out.int64(value.toLocalDate().toEpochDay()).int64(value.toLocalTime().toNanoOfDay());
    }

    private static LocalDateTime dateTime(ByteBuffer in) {
        return LocalDateTime.of(LocalDate.ofEpochDay(in.getLong()), LocalTime.ofNanoOfDay(in.getLong()));
    }

    private static byte[] sized(ByteBuffer in) {
        int length = in.getInt();
        if (length < 0 || length > in.remaining()) {
            throw new BufferUnderflowException();
        }
        byte[] bytes = new byte[length];
        in.get(bytes);
        return bytes;
    }
}
