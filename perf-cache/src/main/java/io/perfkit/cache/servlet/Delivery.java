package io.perfkit.cache.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Answers a client with a stored response, or with the news that it has it already. */
final class Delivery {

    private final InstantSource clock;
    private final @Nullable String statusHeader;

    Delivery(InstantSource clock, @Nullable String statusHeader) {
        this.clock = clock;
        this.statusHeader = statusHeader;
    }

    /** Says what became of the request, where that was asked for. */
    void mark(HttpServletResponse response, String outcome) {
        if (statusHeader != null) {
            response.setHeader(statusHeader, outcome);
        }
    }

    /** Never negative: the node that produced it may have had a clock ahead of ours. */
    long ageSeconds(CachedResponse stored) {
        return Math.max(0, (clock.millis() - stored.producedAt()) / 1_000);
    }

    /** Answers with a stored response. */
    void send(CachedResponse stored, HttpServletRequest request, HttpServletResponse response) throws IOException {
        boolean known = isKnown(stored, request);
        mark(response, "HIT");
        response.setStatus(known ? HttpServletResponse.SC_NOT_MODIFIED : stored.status());
        stored.headers().forEach((name, values) -> {
            if (!known || !StorableHeaders.describesBody(name)) {
                set(response, name, values);
            }
        });
        // Both, or a cache behind this one would count the time from its own delivery (RFC 9111, 4 and 4.2.3).
        response.setHeader("Age", Long.toString(ageSeconds(stored)));
        response.setDateHeader("Date", stored.producedAt());
        if (known) {
            sendNothing(response);
        } else {
            sendBody(stored, request, response);
        }
    }

    /** Answers the client whose request produced the response; its headers and status are set already. */
    void sendProduced(CachedResponse stored, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String tag = stored.header("ETag");
        if (tag != null) {
            response.setHeader("ETag", tag);
        }
        if (isKnown(stored, request)) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            sendNothing(response);
        } else {
            sendBody(stored, request, response);
        }
    }

    /** At once: a container that ends a response without a body may announce one of no bytes, which is not true. */
    private static void sendNothing(HttpServletResponse response) throws IOException {
        response.flushBuffer();
    }

    private static void sendBody(CachedResponse stored, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentLength(stored.bodyLength());
        if (!"HEAD".equals(request.getMethod())) {
            response.getOutputStream().write(stored.body());
        }
    }

    private static void set(HttpServletResponse response, String name, List<String> values) {
        if ("Content-Type".equalsIgnoreCase(name)) {
            response.setContentType(values.get(0));
            return;
        }
        response.setHeader(name, values.get(0));
        for (String value : values.subList(1, values.size())) {
            response.addHeader(name, value);
        }
    }

    /** The date counts only where the client names no tag (RFC 9110, 13.2.2), and only for what is there. */
    private boolean isKnown(CachedResponse stored, HttpServletRequest request) {
        if (stored.status() != HttpServletResponse.SC_OK && stored.status() != 203) {
            return false;
        }
        List<String> tags = RequestKeys.values(request, "If-None-Match");
        String tag = stored.header("ETag");
        if (!tags.isEmpty()) {
            return tag != null && EntityTags.matches(tags, tag);
        }
        String since = request.getHeader("If-Modified-Since");
        String modified = stored.header("Last-Modified");
        Instant then = since == null ? null : HttpDates.parse(since, clock.instant());
        Instant last = modified == null ? null : HttpDates.parse(modified, clock.instant());
        return then != null && last != null && !last.isAfter(then);
    }
}
