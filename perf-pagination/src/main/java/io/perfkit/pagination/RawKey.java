package io.perfkit.pagination;

import java.math.BigDecimal;
import java.time.LocalTime;
import java.util.HexFormat;
import java.util.Set;
import java.util.regex.Pattern;
import org.jooq.Field;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/**
 * Which keys are read a second time, as the database has them. What jOOQ makes of a value is not always what the database
 * compares: a {@code FLOAT} loses digits on its way through text, {@code true} may have been a 2, and two texts of a time
 * may be one time. A cursor then carries the value that was read beside it, which is bound as it came.
 */
enum RawKey {

    /** Nothing is; what jOOQ reads and binds is what is compared. */
    NONE {
        @Override
        @Nullable
        Field<Object> of(Field<Object> field, Class<?> type) {
            return null;
        }
    },

    /** Times of day, of which jOOQ loses the fraction of a second. */
    H2 {
        @Override
        @Nullable
        Field<Object> of(Field<Object> field, Class<?> type) {
            return TIMES.contains(type) ? DSL.field("cast({0} as varchar)", DatabaseValue.TYPE, field) : null;
        }

        @Override
        boolean isFaithful(Object typed) {
            return false;
        }
    },

    /**
     * Everything is: a column of SQLite holds what somebody put there. It is read as its SQL literal, which tells integers,
     * doubles, texts and bytes apart whatever is known of the select, and bound as what it is.
     */
    SQLITE {
        @Override
        Field<Object> of(Field<Object> field, Class<?> type) {
            return DSL.field("quote({0})", DatabaseValue.TYPE, field);
        }

        @Override
        @Nullable
        Object read(Object value) {
            String literal = String.valueOf(value);
            if (literal.equals("NULL")) {
                return null;
            }
            if (literal.startsWith("'")) {
                return literal.substring(1, literal.length() - 1).replace("''", "'");
            }
            if (literal.startsWith("X'")) {
                return HexFormat.of().parseHex(literal.substring(2, literal.length() - 1));
            }
            return WHOLE.matcher(literal).matches() ? (Object) Long.valueOf(literal) : Double.valueOf(literal);
        }

        @Override
        boolean isFaithful(Object typed) {
            return typed instanceof Byte
                    || typed instanceof Short
                    || typed instanceof Integer
                    || typed instanceof Long
                    || typed instanceof Double
                    || typed instanceof String
                    || typed instanceof byte[];
        }
    },

    /**
     * Floating-point numbers, whose text has fewer digits than a {@code REAL} or a {@code DOUBLE} tells apart; and times of
     * day, of which jOOQ loses the fraction of a second.
     */
    POSTGRES {
        @Override
        @Nullable
        Field<Object> of(Field<Object> field, Class<?> type) {
            boolean isBit = type == Boolean.class
                    && SQLDataType.BIT.equals((Object) field.getDataType().getSQLDataType());
            return type == Float.class || type == Double.class || TIMES.contains(type) || isBit
                    ? field.coerce(DatabaseValue.TYPE)
                    : null;
        }

        @Override
        boolean isFaithful(Object typed) {
            return !TIMES.contains(typed.getClass());
        }

        @Override
        Object read(Object value) {
            // A column of a select whose columns are not known is read as what the driver calls it.
            return value instanceof String ? value : ofTyped(value);
        }

        @Override
        Object ofTyped(Object typed) {
            return typed instanceof Boolean bit ? (bit ? "1" : "0") : typed.toString();
        }
    },

    /**
     * Floating-point numbers, because those of a {@code FLOAT} have six digits as text, and none of them equals itself;
     * booleans, which are numbers; and times of day, because one beyond a day is read as another one.
     */
    MYSQL {
        @Override
        @Nullable
        Field<Object> of(Field<Object> field, Class<?> type) {
            if (type == Float.class || type == Double.class) {
                return DSL.field("{0} + 0e0", DatabaseValue.TYPE, field);
            }
            if (type == Boolean.class) {
                return DSL.field("{0} + 0", DatabaseValue.TYPE, field);
            }
            return TIMES.contains(type) ? DSL.field("cast({0} as char)", DatabaseValue.TYPE, field) : null;
        }

        @Override
        boolean isFaithful(Object typed) {
            return !(typed instanceof Float || typed instanceof Double || TIMES.contains(typed.getClass()));
        }

        @Override
        Object ofTyped(Object typed) {
            return typed instanceof Boolean truth
                    ? (truth ? 1L : 0L)
                    : typed.toString().replace('T', ' ');
        }
    };

    private static final Pattern WHOLE = Pattern.compile("-?\\d+");

    private static final Set<Class<?>> TIMES = Set.of(LocalTime.class, java.sql.Time.class);

    /** What else to read for a key whose values jOOQ reads as {@code type}; null if they are right as they are. */
    abstract @Nullable Field<Object> of(Field<Object> field, Class<?> type);

    /** What the database had, from what was read. */
    @Nullable
    Object read(Object value) {
        return value;
    }

    /** Whether the value that jOOQ has read tells what the database had. */
    boolean isFaithful(Object typed) {
        return true;
    }

    /** What the database had, from a value that is faithful. */
    Object ofTyped(Object typed) {
        return typed;
    }

    /** Whether a cursor can have carried this for a key that is read as the database has it. */
    static boolean isCarried(Object value) {
        return value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Double
                || value instanceof BigDecimal
                || value instanceof byte[];
    }
}
