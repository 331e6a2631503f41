package io.perfkit.cache.proxy;

import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.MonthDay;
import java.time.Year;
import java.time.YearMonth;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where an argument in a template of a key ends and another follows: <code>{tenant}:{name}</code> has one.
 *
 * <p>A key is read from left to right: an argument ends before the first separator in front of which stands a text that
 * its type can have. If every argument of a key ends there, no other arguments have that key. An argument that could
 * end earlier, such as a tenant with a colon in it, blurs the border.
 */
final class Border {

    /** No text of these types is the beginning of another one's, up to a separator that is no digit. */
    private static final Set<Class<?>> SELF_DELIMITING = Set.of(
            Boolean.class,
            Byte.class,
            Short.class,
            Integer.class,
            Long.class,
            BigInteger.class,
            Character.class,
            UUID.class,
            Currency.class,
            Instant.class,
            LocalDate.class,
            MonthDay.class,
            Year.class,
            YearMonth.class);

    private final ArgumentPath path;
    private final String separator;
    /** The texts of an enum, or null if the type has others. */
    private final @Nullable Set<String> texts;

    private Border(ArgumentPath path, String separator) {
        this.path = path;
        this.separator = separator;
        this.texts = path.type().isEnum()
                ? Arrays.stream(path.type().getEnumConstants())
                        .map(ArgumentText::plain)
                        .collect(Collectors.toUnmodifiableSet())
                : null;
    }

    /** The borders that can be blurred. The last argument has none: it ends where the key does. */
    static List<Border> among(List<Template.Part> parts) {
        List<Border> borders = new ArrayList<>();
        ArgumentPath open = null;
        String separator = "";
        for (Template.Part each : parts) {
            if (each.path() == null) {
                separator = each.literal();
            } else {
                if (open != null && !endsByItself(open.type(), separator)) {
                    borders.add(new Border(open, separator));
                }
                open = each.path();
                separator = "";
            }
        }
        return List.copyOf(borders);
    }

    private static boolean endsByItself(Class<?> type, String separator) {
        return SELF_DELIMITING.contains(type)
                && !separator.isEmpty()
                && !Character.isLetterOrDigit(separator.charAt(0));
    }

    boolean isBlurred(@Nullable Object[] arguments, @Nullable Object result) {
        Object value = path.read(arguments, result);
        if (value == null) {
            return true;
        }
        String text = ArgumentText.plain(value);
        String upToNext = text + separator;
        for (int end = upToNext.indexOf(separator); end < text.length(); end = upToNext.indexOf(separator, end + 1)) {
            if (texts == null || texts.contains(text.substring(0, end))) {
                return true;
            }
        }
        return false;
    }
}
