package io.perfkit.cache.proxy;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.TypeVariable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The text of arguments in keys. Equal arguments have equal texts on every node and in every run, different ones
 * different texts; types for which that cannot be told from their class have none.
 *
 * <p>Two forms: a <em>plain</em> text of a single value, for templates, and an <em>encoded</em> one for keys that are
 * made of all arguments. The encoded form quotes what may contain anything and brackets what has parts, so that no two
 * argument lists of a method share a key.
 */
final class ArgumentText {

    /** Their texts have none of the characters that the encoded form uses. */
    private static final Set<Class<?>> PLAIN = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            Float.class,
            Double.class,
            BigInteger.class,
            BigDecimal.class,
            UUID.class);

    private static final Set<Class<?>> QUOTED = Set.of(
            String.class,
            Character.class,
            Duration.class,
            Instant.class,
            LocalDate.class,
            LocalDateTime.class,
            LocalTime.class,
            MonthDay.class,
            OffsetDateTime.class,
            OffsetTime.class,
            Period.class,
            Year.class,
            YearMonth.class,
            ZoneId.class,
            ZoneOffset.class,
            ZonedDateTime.class,
            Currency.class,
            Locale.class,
            URI.class,
            Class.class);

    private static final int MAXIMUM_DEPTH = 8;

    /** Writes the encoded form of a value that is not null. */
    @FunctionalInterface
    private interface Encoding {
        void write(Object value, StringBuilder out);
    }

    private final Encoding encoding;

    private ArgumentText(Encoding encoding) {
        this.encoding = encoding;
    }

    /** Whether values of a type have a plain text. */
    static boolean isPlain(ResolvedType type) {
        return type.fixed() && (PLAIN.contains(type.raw()) || QUOTED.contains(type.raw()) || isEnum(type));
    }

    private static boolean isEnum(ResolvedType type) {
        return type.raw().isEnum();
    }

    /** The plain text of a value whose type has one. */
    static String plain(Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof Enum<?> constant) {
            return constant.name();
        }
        if (value instanceof URI uri) {
            return CanonicalText.of(uri);
        }
        if (value instanceof Locale locale) {
            return CanonicalText.of(locale);
        }
        return value instanceof Class<?> type ? type.getName() : value.toString();
    }

    /** The encoded form of a type's values, or null if it has none. */
    static @Nullable ArgumentText of(ResolvedType type) {
        Encoding encoding = encoding(type, 0);
        return encoding == null ? null : new ArgumentText(encoding);
    }

    void write(@Nullable Object value, StringBuilder out) {
        write(encoding, value, out);
    }

    private static void write(Encoding encoding, @Nullable Object value, StringBuilder out) {
        if (value == null) {
            out.append("null");
        } else {
            encoding.write(value, out);
        }
    }

    private static @Nullable Encoding encoding(ResolvedType type, int depth) {
        Class<?> raw = type.raw();
        if (!type.fixed() || depth > MAXIMUM_DEPTH) {
            return null;
        }
        if (PLAIN.contains(raw) || isEnum(type)) {
            return (value, out) -> out.append(plain(value));
        }
        if (QUOTED.contains(raw)) {
            return (value, out) -> quote(plain(value), out);
        }
        if (raw.isRecord()) {
            return recordEncoding(type, depth);
        }
        if (type.arguments().size() != 1) {
            return null;
        }
        Encoding part = encoding(type.arguments().get(0), depth + 1);
        if (part == null) {
            return null;
        }
        if (raw.isArray()) {
            return (value, out) -> writeArray(part, value, out);
        }
        if (raw == Optional.class) {
            return (value, out) -> writeAll(part, ((Optional<?>) value).stream().toList(), '<', '>', out);
        }
        return Set.of(Collection.class, List.class, Set.class).contains(raw)
                ? (value, out) -> writeCollection(part, (Collection<?>) value, out)
                : null;
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\');
            }
            out.append(c);
        }
        out.append('"');
    }

    private static void writeArray(Encoding part, Object array, StringBuilder out) {
        List<@Nullable Object> elements = new ArrayList<>();
        for (int i = 0; i < Array.getLength(array); i++) {
            elements.add(Array.get(array, i));
        }
        writeAll(part, elements, '[', ']', out);
    }

    /** Equal sets may differ in their order; equal lists may not. */
    private static void writeCollection(Encoding part, Collection<?> elements, StringBuilder out) {
        if (!(elements instanceof Set<?>)) {
            writeAll(part, elements, '[', ']', out);
            return;
        }
        List<String> texts = new ArrayList<>();
        for (Object each : elements) {
            StringBuilder text = new StringBuilder();
            write(part, each, text);
            texts.add(text.toString());
        }
        Collections.sort(texts);
        out.append('{').append(String.join(",", texts)).append('}');
    }

    private static void writeAll(Encoding part, Collection<?> values, char first, char last, StringBuilder out) {
        out.append(first);
        String separator = "";
        for (Object each : values) {
            out.append(separator);
            write(part, each, out);
            separator = ",";
        }
        out.append(last);
    }

    private static @Nullable Encoding recordEncoding(ResolvedType type, int depth) {
        Map<TypeVariable<?>, ResolvedType> bindings = ResolvedType.bindings(type);
        List<Encoding> parts = new ArrayList<>();
        List<ArgumentProperty> accessors = new ArrayList<>();
        for (RecordComponent component : type.raw().getRecordComponents()) {
            Encoding part = encoding(ResolvedType.of(component.getGenericType(), bindings), depth + 1);
            Method accessor = component.getAccessor();
            ArgumentProperty property = part == null ? null : ArgumentProperty.of(accessor, bindings);
            if (part == null || property == null) {
                return null;
            }
            parts.add(part);
            accessors.add(property);
        }
        return (value, out) -> {
            out.append('(');
            for (int i = 0; i < parts.size(); i++) {
                if (i > 0) {
                    out.append(',');
                }
                write(parts.get(i), accessors.get(i).read(value), out);
            }
            out.append(')');
        };
    }
}
