package io.perfkit.cache.servlet;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which headers belong to a stored response, and which to the one message that carried it. */
final class StorableHeaders {

    /** In lower case: what concerns one connection or one client, and what is computed anew for each response. */
    static final Set<String> NEVER = Set.of(
            "age",
            "connection",
            "content-length",
            "date",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-connection",
            "server-timing",
            "set-cookie",
            "set-cookie2",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    /** In lower case: what describes a body, and has no place where none is sent. */
    private static final Set<String> OF_THE_BODY = Set.of(
            "content-disposition",
            "content-encoding",
            "content-language",
            "content-length",
            "content-range",
            "content-type");

    private StorableHeaders() {}

    /** Leaves what belongs to the response itself. {@code Connection} names more headers of one hop only. */
    static void retain(Map<String, List<String>> headers, Set<String> dropped) {
        Set<String> ofOneHop = headers.getOrDefault("Connection", List.of()).stream()
                .flatMap(line -> Directives.split(line).stream())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toSet());
        headers.keySet().removeIf(name -> {
            String lower = name.toLowerCase(Locale.ROOT);
            return NEVER.contains(lower) || dropped.contains(lower) || ofOneHop.contains(lower);
        });
    }

    static boolean describesBody(String name) {
        return OF_THE_BODY.contains(name.toLowerCase(Locale.ROOT));
    }
}
