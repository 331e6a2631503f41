package io.perfkit.cache.servlet;

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
