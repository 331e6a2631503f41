package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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
    private volatile String serverTiming = "";
    private volatile @Nullable Throwable failure;

    Exchange(
            RequestScope scope,
            HttpServletRequest request,
            String mapping,
            HttpServletResponse response,
            HeaderSettings headers) {
        this.scope = scope;
        this.method = EndpointNames.boundedMethod(request.getMethod());
        this.mapping = mapping;
        this.uri = mapping;
        PanelBody panel = headers.panel()
                ? PanelBody.of(request, () -> DevelopmentPanel.html(scope, this.method + " " + uri))
                : PanelBody.NONE;
        this.response = new MeasuredResponse(
                response,
                () -> {
                    serverTiming = headers.write(scope, response, serverTiming);
                    if (isEndless(response)) {
                        scope.streamBegins();
                    }
                },
                panel);
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

    void failed(@Nullable Throwable thrown) {
        failed = true;
        if (failure == null && thrown != null) {
            failure = thrown instanceof ServletException wrapped && wrapped.getRootCause() != null
                    ? wrapped.getRootCause()
                    : thrown;
        }
    }

    /** The simple name of what was thrown, or {@code none}. */
    String exception() {
        Throwable thrown = failure;
        if (thrown == null) {
            return "none";
        }
        String name = thrown.getClass().getSimpleName();
        return name.isEmpty() ? thrown.getClass().getName() : name;
    }

    boolean isAbandoned() {
        return response.isClientGone();
    }

    /** Whether this call was the one to finish it. An exception that nobody answered yet is going to be a 500. */
    boolean finish(int current) {
        if (!finished.compareAndSet(false, true)) {
            return false;
        }
        if (response.isClientGone()) {
            failed = false;
            status = 0;
            scope.markAbandoned();
        } else {
            status = failed && current < 400 ? 500 : current;
            failed = failed || status >= 500;
            if (failed) {
                scope.markFailed();
            }
        }
        scope.close();
        return true;
    }
}
