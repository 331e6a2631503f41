package io.perfkit.pagination;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.Set;
import org.jooq.Converter;
import org.jooq.EnumType;
import org.jooq.Field;
import org.jooq.types.UByte;
import org.jooq.types.UInteger;
import org.jooq.types.ULong;
import org.jooq.types.UNumber;
import org.jooq.types.UShort;
import org.jspecify.annotations.Nullable;

/**
 * Between the value that jOOQ gives for a column and the value that a cursor carries. A column with a converter of the
 * application is carried as its database type, an enum as its literal, an unsigned number as a {@link BigInteger}.
 */
final class ColumnType {

    private static final Set<Class<?>> TIMES = Set.of(
            LocalDate.class,
            LocalDateTime.class,
            OffsetDateTime.class,
            Instant.class,
            java.sql.Date.class,
            java.sql.Timestamp.class);

    private final Field<?> field;
    private final Converter<Object, Object> converter;
    private final boolean time;
    private final RawKey rawKey;
    private final @Nullable Field<Object> raw;

    ColumnType(Field<?> field, RawKey rawKey) {
        this(field, rawKey, false);
    }

    @SuppressWarnings("unchecked")
    private ColumnType(Field<?> field, RawKey rawKey, boolean inMemory) {
        this.field = field;
        this.converter = (Converter<Object, Object>) field.getConverter();
        Class<?> type = converter.fromType();
        this.rawKey = rawKey;
        this.raw = rawKey.of((Field<Object>) field, type);
        if (!CursorValue.TYPES.contains(type)
                && !EnumType.class.isAssignableFrom(type)
                && !UNumber.class.isAssignableFrom(type)) {
            throw new PaginationException("keyset column " + field + " has the type " + type.getName()
                    + ", which a cursor cannot carry. If the column was made without a type, state it: "
                    + "DSL.field(name, SQLDataType.…)");
        }
        this.time = TIMES.contains(type) && isReadByJooq();
        if (!inMemory && raw == null && isLossyTime(type)) {
            throw new PaginationException("keyset column " + field + " is a time of day, of which jOOQ loses the "
                    + "fraction of a second or the offset, so that pages would repeat rows. For a LocalTime without "
                    + "fractions state the precision, SQLDataType.LOCALTIME(0); else give the column a Binding of your "
                    + "own");
        }
    }

    /** jOOQ passes these through {@link java.sql.Time}, which has neither fractions nor an offset. */
    private boolean isLossyTime(Class<?> type) {
        boolean wholeSeconds =
                field.getDataType().precisionDefined() && field.getDataType().precision() == 0;
        boolean lossy =
                type == OffsetTime.class || ((type == LocalTime.class || type == java.sql.Time.class) && !wholeSeconds);
        return lossy && isReadByJooq();
    }

    private boolean isReadByJooq() {
        return field.getBinding().getClass().getName().startsWith("org.jooq.impl.");
    }

    /** Whether this is a date or a point in time that jOOQ reads, and not a Binding of the application. */
    boolean isTime() {
        return time;
    }

    /** The class of what a cursor carries of it. */
    Class<?> carried() {
        return converter.fromType();
    }

    String describe() {
        return converter.fromType().getName() + "/" + field.getType().getName() + (raw == null ? "" : "/raw");
    }

    /** What is read in the column's place, as the database has it; null if the column's values are what it compares. */
    @Nullable
    Field<Object> raw() {
        return raw;
    }

    /** What the database has, from what was read in the column's place; the value itself if nothing was. */
    @Nullable
    Object read(Object value) {
        return raw == null ? value : rawKey.read(value);
    }

    /** The same column where there is no database that compares. */
    ColumnType inMemory() {
        return raw == null ? this : new ColumnType(field, RawKey.NONE, true);
    }

    /** The class of the values that are bound. */
    Class<?> stored() {
        return converter.fromType();
    }

    /** What the database has, if that can be told from a value of the column's own type. */
    @Nullable
    Object rawOf(@Nullable Object value) {
        if (value == null || raw == null) {
            return value;
        }
        Object typed = converter.to(value);
        if (typed == null || !rawKey.isFaithful(typed)) {
            throw new PaginationException("keyset column " + field + " is read as "
                    + converter.fromType().getName()
                    + ", from which it cannot be told what the database has, so that there is no cursor of a row at hand: "
                    + "take CursorPage.cursor(index) of the page that has the row");
        }
        return rawKey.ofTyped(typed);
    }

    /** The value as a cursor carries it; {@code value} is as the driver or a converter of jOOQ gave it. */
    @Nullable
    Object toCursor(@Nullable Object value) {
        if (value == null || raw != null) {
            return value;
        }
        // A select without known columns ("select *" of a plain table) hands out the driver's type, not the column's.
        Object typed =
                field.getType().isInstance(value) ? value : field.getDataType().convert(value);
        Object stored = converter.to(typed);
        if (stored instanceof EnumType literal) {
            return literal.getLiteral();
        }
        return stored instanceof UNumber number ? number.toBigInteger() : stored;
    }

    /** The reverse of {@link #toCursor}; fails with a {@link RuntimeException} on a value of another column's type. */
    @Nullable
    Object fromCursor(@Nullable Object carried) {
        if (raw != null && carried != null) {
            if (!RawKey.isCarried(carried)) {
                throw new IllegalArgumentException("not a value as a database has it");
            }
            return carried;
        }
        return carried == null ? null : converter.from(stored(carried));
    }

    private Object stored(Object carried) {
        Class<Object> type = converter.fromType();
        if (type.isInstance(carried)) {
            return carried;
        }
        if (carried instanceof BigInteger number) {
            if (type == (Class<?>) UByte.class) {
                return UByte.valueOf(number.longValueExact());
            }
            if (type == (Class<?>) UShort.class) {
                return UShort.valueOf(number.intValueExact());
            }
            if (type == (Class<?>) UInteger.class) {
                return UInteger.valueOf(number.longValueExact());
            }
            if (type == (Class<?>) ULong.class) {
                return ULong.valueOf(number);
            }
        }
        Object literal = carried instanceof String text ? literal(type, text) : null;
        if (literal == null) {
            throw new IllegalArgumentException("not a value of " + type.getName());
        }
        return literal;
    }

    private static @Nullable Object literal(Class<?> type, String text) {
        Object[] constants = type.getEnumConstants();
        for (Object constant : constants == null ? new Object[0] : constants) {
            if (constant instanceof EnumType literal && literal.getLiteral().equals(text)) {
                return constant;
            }
        }
        return null;
    }
}
