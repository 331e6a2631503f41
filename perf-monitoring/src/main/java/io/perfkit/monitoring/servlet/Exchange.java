package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** One request on its way, from the first dispatch to its completion, whichever threads that takes. */
final class Exchange {
    /** Server-sent events, pushed images, and Spring's former type of endless JSON. */
    private static final Set<String> ENDLESS =
            Set.of("text/event-stream", "multipart/x-mixed-replace", "application/stream+json");

    private final RequestScope scope;
    private final String method;
    private final String mapping;
    private final MeasuredResponse response;
    private final AtomicBoolean finished = new AtomicBoolean();
    private volatile boolean failed;
    private volatile String uri;
    private volatile int status;

    Exchange(RequestScope scope, String method, String mapping, HttpServletResponse response, HeaderSettings headers) {
        this.scope = scope;
        this.method = EndpointNames.boundedMethod(method);
        this.mapping = mapping;
        this.uri = mapping;
        this.response = new MeasuredResponse(response, () -> {
            headers.write(scope, response);
            if (isEndless(response)) {
                scope.streamBegins();
            }
        });
    }

    /** Responses that are over when the client leaves, not when the work is done. */
    private static boolean isEndless(HttpServletResponse response) {
        if (response.getStatus() == HttpServletResponse.SC_SWITCHING_PROTOCOLS) {
            return true;
        }
        String type = response.getContentType();
        if (type == null) {
            return false;
        }
        String media = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return ENDLESS.contains(media);
    }

    RequestScope scope() {
        return scope;
    }

    String method() {
        return method;
    }

    String mapping() {
        return mapping;
    }

    MeasuredResponse response() {
        return response;
    }

    /** The name as a tag: {@code _other} where the cap on names folded it. */
    String uri() {
        return uri;
    }

    int status() {
        return status;
    }

    boolean isFailed() {
        return failed;
    }

    void named(String name) {
        String whole = method + " " + name;
        scope.name(whole);
        uri = scope.name().equals(whole) ? name : scope.name();
    }

    void failed() {
        failed = true;
    }

    /** Whether this call was the one to finish it. An exception that nobody answered yet is going to be a 500. */
    boolean finish(int current) {
        if (!finished.compareAndSet(false, true)) {
            return false;
        }
        status = failed && current < 400 ? 500 : current;
        failed = failed || status >= 500;
        if (failed) {
            scope.markFailed();
        }
        scope.close();
        return true;
    }
}
