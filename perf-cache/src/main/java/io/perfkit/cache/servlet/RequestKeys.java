package io.perfkit.cache.servlet;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Makes the key of a request: {@code PATH[?QUERY] SCHEME://HOST[:PORT][ NAME=VALUE]...}, with one space between the
 * parts. The path comes first, so that a pattern that begins with a path finds every variant of it. Path and query are
 * as the client sent them, so the order of parameters counts; a name is that of a key header or part in lower case, and
 * a value has every character percent-encoded that is a space, a percent sign or no printable ASCII.
 */
final class RequestKeys {

    private static final int MAXIMUM = 4_096;
    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private final Map<String, UnaryOperator<String>> headers;
    private final Map<String, Function<HttpServletRequest, @Nullable String>> parts;
    private final AcceptedEncodings encodings;

    /**
     * @param headers the request headers that are part of the key, with what brings their values into fewer forms
     * @param parts other parts by their names
     */
    RequestKeys(
            Map<String, UnaryOperator<String>> headers,
            Map<String, Function<HttpServletRequest, @Nullable String>> parts,
            AcceptedEncodings encodings) {
        this.headers = new LinkedHashMap<>(headers);
        this.parts = new LinkedHashMap<>(parts);
        this.encodings = encodings;
    }

    /**
     * A key with the headers that it consists of.
     *
     * @param visible in a map that finds names in any case
     */
    record Key(String text, Map<String, List<String>> visible) {}

    /** The names of the request headers by which a response may vary, in lower case. */
    Set<String> names() {
        Set<String> names = new TreeSet<>(List.of("accept-encoding", "host"));
        headers.keySet().forEach(name -> names.add(name.toLowerCase(Locale.ROOT)));
        return names;
    }

    /** The key of a request, or null if it cannot have one. */
    @Nullable
    Key of(HttpServletRequest request) {
        String path = request.getRequestURI();
        String query = request.getQueryString();
        RequestOrigin from = RequestOrigin.of(request);
        String origin = from.toString();
        String encoding = encodings.canonical(values(request, "Accept-Encoding"));
        if (!RequestPath.isCanonical(path)
                || (query != null && !RequestPath.isPrintable(query))
                || !RequestPath.isPrintable(origin)
                || encoding == null) {
            return null;
        }
        Map<String, List<String>> visible = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        visible.put("Host", List.of(from.authority()));
        StringBuilder text = new StringBuilder(path);
        if (query != null) {
            text.append('?').append(query);
        }
        text.append(' ').append(origin);
        if (!encoding.isEmpty()) {
            visible.put("Accept-Encoding", List.of(encoding));
            append(text, "accept-encoding", encoding);
        }
        headers.forEach((name, normalizer) -> {
            List<String> values = values(request, name);
            if (!values.isEmpty()) {
                String value = normalizer.apply(String.join(", ", values));
                visible.put(name, List.of(value));
                append(text, name, value);
            }
        });
        parts.forEach((name, part) -> {
            String value = part.apply(request);
            if (value != null) {
                append(text, name, value);
            }
        });
        return text.length() <= MAXIMUM ? new Key(text.toString(), visible) : null;
    }

    private static void append(StringBuilder text, String name, String value) {
        text.append(' ').append(name.toLowerCase(Locale.ROOT)).append('=');
        for (byte octet : value.getBytes(StandardCharsets.UTF_8)) {
            if (octet > ' ' && octet < 0x7f && octet != '%') {
                text.append((char) octet);
            } else {
                text.append('%').append(HEX.toHexDigits(octet));
            }
        }
    }

    static List<String> values(HttpServletRequest request, String name) {
        Enumeration<String> values = request.getHeaders(name);
        return values == null ? List.of() : Collections.list(values);
    }
}
