package io.perfkit.monitoring.http;

import java.net.URI;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Names calls by method, host and the pattern of the path: parts that are words stay, all others become {@code {id}}; what
 * follows a question mark goes. A part is a word where it has letters and {@code - _ .} only, and at most two digits, at
 * its end; and is not longer than 40 characters.
 */
final class CallNames {
    private static final int LONGEST_WORD = 40;
    private static final int MOST_DIGITS = 2;
    private static final int MOST_PARTS = 8;

    private CallNames() {}

    static String of(String method, URI uri) {
        StringBuilder name = new StringBuilder(64).append(method).append(' ');
        String host = uri.getHost();
        name.append(host == null ? "unknown" : host.toLowerCase(Locale.ROOT));
        if (uri.getPort() >= 0) {
            name.append(':').append(uri.getPort());
        }
        path(uri.getRawPath(), name);
        return name.toString();
    }

    private static void path(@Nullable String path, StringBuilder name) {
        int parts = 0;
        int at = 0;
        while (path != null && at < path.length()) {
            int from = path.charAt(at) == '/' ? at + 1 : at;
            int slash = path.indexOf('/', from);
            int to = slash < 0 ? path.length() : slash;
            if (to > from) {
                if (++parts > MOST_PARTS) {
                    name.append("/…");
                    return;
                }
                part(path, from, to, name.append('/'));
            }
            at = Math.max(to, at + 1);
        }
    }

    private static void part(String path, int from, int to, StringBuilder name) {
        int parameters = path.indexOf(';', from); // a matrix parameter is a value
        int end = parameters >= 0 && parameters < to ? parameters : to;
        if (isWord(path, from, end)) {
            name.append(path, from, end);
        } else {
            name.append("{id}");
        }
    }

    private static boolean isWord(String path, int from, int to) {
        if (to == from || to - from > LONGEST_WORD || !isLetter(path.charAt(from))) {
            return false;
        }
        int digits = 0;
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            if (c >= '0' && c <= '9') {
                digits++;
            } else if (digits > 0 || !(isLetter(c) || c == '-' || c == '_' || c == '.')) {
                return false;
            }
        }
        return digits <= MOST_DIGITS;
    }

    private static boolean isLetter(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    }
}
