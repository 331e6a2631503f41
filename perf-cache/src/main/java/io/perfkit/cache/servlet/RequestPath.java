package io.perfkit.cache.servlet;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether a request names its resource in the one spelling that is used for keys. {@code /a/%62}, {@code /a//b},
 * {@code /a/./b} and {@code /a/b;x} may all be {@code /a/b} to an application; each would be an entry that a pattern
 * for {@code /a/b} does not find, and an invalidated price would live on in it. Such requests stay out of the cache.
 */
final class RequestPath {

    private static final String PLAIN = "-._~!$&'()*+,=:@";

    private RequestPath() {}

    /** Whether this raw path has no other spelling. */
    static boolean isCanonical(@Nullable String path) {
        if (path == null || !path.startsWith("/")) {
            return false;
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '/') {
                if (i > 0 && path.charAt(i - 1) == '/') {
                    return false;
                }
            } else if (c == '%') {
                if (!isCanonicalEscape(path, i)) {
                    return false;
                }
                i += 2;
            } else if (!isPlain(c)) {
                return false;
            }
        }
        return !hasDotSegment(path);
    }

    /**
     * The spelling that is used for keys of what a client has spelled otherwise: without parameters, dot segments, empty
     * segments and needless escapes. An application may take the path for any of these; a request that changes the
     * resource must find what was stored under its usual name.
     *
     * @return null if there is none
     */
    static @Nullable String canonical(@Nullable String path) {
        if (path == null || isCanonical(path)) {
            return path;
        }
        int authority = path.indexOf("://");
        int start = path.startsWith("/") || authority < 0 ? 0 : path.indexOf('/', authority + 3);
        if (start < 0) {
            return "/";
        }
        Deque<String> segments = new ArrayDeque<>();
        String[] given = path.substring(start).split("/", -1);
        for (String segment : given) {
            String plain = unescaped(segment.split(";", 2)[0]);
            if (plain.equals("..")) {
                segments.pollLast();
            } else if (!plain.isEmpty() && !plain.equals(".")) {
                segments.addLast(plain);
            }
        }
        boolean folder = given[given.length - 1].matches("(\\.{0,2})(;.*)?");
        String result = '/' + String.join("/", segments) + (folder && !segments.isEmpty() ? "/" : "");
        return isCanonical(result) ? result : null;
    }

    /** With no escape of what can stand for itself, and upper-case digits in the others. */
    private static String unescaped(String segment) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int octet = c == '%' && i + 2 < segment.length() ? octet(segment, i + 1) : -1;
            if (octet < 0) {
                result.append(c);
            } else {
                result.append(
                        octet < 0x80 && isPlain((char) octet)
                                ? String.valueOf((char) octet)
                                : segment.substring(i, i + 3).toUpperCase(Locale.ROOT));
                i += 2;
            }
        }
        return result.toString();
    }

    private static int octet(String text, int at) {
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        return high < 0 || low < 0 ? -1 : high * 16 + low;
    }

    /** Two upper-case digits, of a byte that cannot stand for itself and that no server takes for a separator. */
    private static boolean isCanonicalEscape(String path, int at) {
        if (at + 2 >= path.length()) {
            return false;
        }
        int high = "0123456789ABCDEF".indexOf(path.charAt(at + 1));
        int low = "0123456789ABCDEF".indexOf(path.charAt(at + 2));
        if (high < 0 || low < 0) {
            return false;
        }
        int octet = high * 16 + low;
        return octet >= 0x20
                && octet != 0x7f
                && octet != '/'
                && octet != '\\'
                && octet != ';'
                && (octet >= 0x80 || !isPlain((char) octet));
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || PLAIN.indexOf(c) >= 0;
    }

    private static boolean hasDotSegment(String path) {
        for (String segment : path.split("/", -1)) {
            if (segment.equals(".") || segment.equals("..")) {
                return true;
            }
        }
        return false;
    }

    /** Whether a text has only printable ASCII characters and no space, so that a space can end it. */
    static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
