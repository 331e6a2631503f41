package io.perfkit.cache.servlet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The directives of the {@code Cache-Control} lines of one message (RFC 9111, 5.2). Immutable.
 *
 * <p>A directive that is given twice counts with its smaller number, and one whose number is none counts as zero: a
 * mistake makes a response older, never younger.
 */
final class Directives {

    private final Map<String, String> values;

    private Directives(Map<String, String> values) {
        this.values = values;
    }

    static Directives of(Collection<String> lines) {
        Map<String, String> values = new HashMap<>();
        for (String line : lines) {
            for (String item : split(line)) {
                int equals = item.indexOf('=');
                String name = (equals < 0 ? item : item.substring(0, equals)).trim();
                String value =
                        equals < 0 ? "" : unquoted(item.substring(equals + 1).trim());
                if (!name.isEmpty()) {
                    values.merge(name.toLowerCase(Locale.ROOT), value, (a, b) -> number(a) <= number(b) ? a : b);
                }
            }
        }
        return new Directives(values);
    }

    boolean has(String name) {
        return values.containsKey(name);
    }

    /** The number of seconds of a directive, or -1 where it is absent. */
    long seconds(String name) {
        String value = values.get(name);
        return value == null ? -1 : number(value);
    }

    private static long number(String digits) {
        if (digits.isEmpty() || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
            return 0;
        }
        String significant = digits.substring(leadingZeros(digits));
        return significant.length() > 10
                ? Integer.MAX_VALUE
                : Math.min(Integer.MAX_VALUE, Long.parseLong('0' + significant));
    }

    private static int leadingZeros(String digits) {
        int count = 0;
        while (count < digits.length() && digits.charAt(count) == '0') {
            count++;
        }
        return count;
    }

    private static String unquoted(String text) {
        return text.length() >= 2 && text.startsWith("\"") && text.endsWith("\"")
                ? text.substring(1, text.length() - 1)
                : text;
    }

    /**
     * The items of a list, separated by commas that stand outside of quotes. A quote that nothing closes hides nothing:
     * behind it every comma separates, so that no {@code no-store} is missed.
     */
    static List<String> split(String line) {
        List<String> items = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '\\' && quoted) {
                i++;
            } else if (c == '"') {
                quoted = !quoted;
            } else if (c == ',' && !quoted) {
                items.add(line.substring(start, i).trim());
                start = i + 1;
            }
        }
        String rest = line.substring(start);
        for (String item : quoted ? rest.split(",", -1) : new String[] {rest}) {
            items.add(item.trim());
        }
        items.removeIf(String::isEmpty);
        return items;
    }
}
