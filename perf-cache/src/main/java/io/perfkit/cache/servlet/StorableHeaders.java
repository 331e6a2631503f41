package io.perfkit.cache.servlet;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Which headers belong to a stored response, and which to the one message that carried it. */
final class StorableHeaders {

    /** In lower case: what concerns one connection or one client, and what is computed anew for each response. */
    private static final Set<String> NEVER = Set.of(
            "age",
            "authentication-info",
            "clear-site-data",
            "connection",
            "content-length",
            "date",
            "keep-alive",
            "proxy-authenticate",
            "proxy-authentication-info",
            "proxy-authorization",
            "proxy-connection",
            "set-cookie",
            "set-cookie2",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "www-authenticate");

    /** In lower case: what tells of the one exchange in which a response was produced. */
    private static final Set<String> OF_ONE_EXCHANGE = Set.of(
            "b3",
            "cache-status",
            "cf-ray",
            "correlation-id",
            "nel",
            "proxy-status",
            "ratelimit",
            "ratelimit-policy",
            "report-to",
            "request-id",
            "server-timing",
            "traceparent",
            "traceresponse",
            "tracestate",
            "via",
            "x-cache",
            "x-cache-hits",
            "x-cloud-trace-context",
            "x-correlation-id",
            "x-process-time",
            "x-query-count",
            "x-request-id",
            "x-request-time",
            "x-response-time",
            "x-runtime",
            "x-served-by",
            "x-timer",
            "x-trace-id");

    /** In lower case: how the names of families of such headers begin. */
    private static final List<String> FAMILIES_OF_ONE_EXCHANGE =
            List.of("ratelimit-", "x-amz-cf-", "x-amzn-", "x-b3-", "x-datadog-", "x-ratelimit-", "x-rate-limit-");

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
            return isNever(lower) || dropped.contains(lower) || ofOneHop.contains(lower);
        });
    }

    /** Whether a header, in lower case, is part of no stored response. */
    static boolean isNever(String name) {
        return NEVER.contains(name)
                || OF_ONE_EXCHANGE.contains(name)
                || FAMILIES_OF_ONE_EXCHANGE.stream().anyMatch(name::startsWith);
    }

    static boolean describesBody(String name) {
        return OF_THE_BODY.contains(name.toLowerCase(Locale.ROOT));
    }
}
