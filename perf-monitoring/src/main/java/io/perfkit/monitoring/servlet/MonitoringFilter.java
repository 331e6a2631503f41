package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Function;

/**
 * Opens a {@link RequestScope} for each request, times it, and sends {@code X-Response-Time}.
 *
 * <p>Register it first, for all paths, with {@code asyncSupported}, for the dispatcher types {@code REQUEST} and, where
 * requests are dispatched again, {@code ASYNC}. A request is timed until it is complete: an asynchronous one until its
 * completion, a failed one until its exception. It counts as an error where its status is 500 or more or an exception
 * leaves the chain; where the client left before the answer was written, as {@code CLIENT_GONE} and as no error.
 *
 * <p>A stream is not a slow request: a response of {@code text/event-stream}, {@code multipart/x-mixed-replace} or
 * {@code application/stream+json}, and one that switches protocols (WebSocket), counts with the time to its first byte.
 * Other responses without an end call {@link RequestScope#streamBegins} themselves.
 *
 * <p>The name of a request is its method and the pattern of the servlet mapping, such as {@code GET /api/*}, or the pattern
 * that Spring MVC matched; give an {@link Builder#endpointName endpoint name} where another framework serves many
 * endpoints with one servlet. The raw path is never used.
 *
 * <p>Headers are set at the last moment before the response is committed, so what they say is the time to that moment;
 * for a short response that is nearly all of it. Work on other threads is counted where the scope was carried there
 * with {@link RequestScope#wrap}. The scope is bound during the {@code REQUEST} and the {@code ASYNC} dispatch.
 *
 * <p>Thread-safe.
 */
public final class MonitoringFilter implements Filter {
    private static final String EXCHANGE = MonitoringFilter.class.getName() + ".exchange";

    private final PerformanceMonitor monitor;
    private final HeaderSettings headers;
    private final EndpointNames names;
    private final RequestMeters meters;

    /**
     * A filter with the defaults.
     *
     * @param monitor where to report
     */
    public MonitoringFilter(PerformanceMonitor monitor) {
        this(builder(monitor));
    }

    private MonitoringFilter(Builder builder) {
        this.monitor = builder.monitor;
        this.headers = new HeaderSettings(
                builder.responseTime, builder.serverTiming, builder.developerHeaders, builder.developmentPanel);
        this.names = new EndpointNames(builder.endpointName);
        this.meters = new RequestMeters(monitor.meterRegistry(), builder.httpServerRequests);
    }

    /**
     * Starts from the defaults.
     *
     * @param monitor where to report
     * @return a builder
     */
    public static Builder builder(PerformanceMonitor monitor) {
        return new Builder(monitor);
    }

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getAttribute(EXCHANGE) instanceof Exchange exchange) {
            again(exchange, request, response, chain);
        } else if (request.getDispatcherType() == DispatcherType.ERROR) {
            chain.doFilter(request, response); // the error page of a request that the filter did not see
        } else if (request instanceof HttpServletRequest http && response instanceof HttpServletResponse answer) {
            first(http, answer, chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private void first(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RequestScope scope = monitor.newScope();
        Exchange exchange = new Exchange(scope, request, names.mappingOf(request), response, headers);
        request.setAttribute(EXCHANGE, exchange);
        Completion completion = new Completion(exchange);
        MeasuredRequest measured = new MeasuredRequest(request, exchange.response(), completion, scope);
        RequestScope.Binding binding = scope.bind();
        try {
            chain.doFilter(measured, exchange.response());
        } catch (Throwable thrown) {
            exchange.failed(thrown);
            throw thrown;
        } finally {
            exchange.named(names.name(request, exchange));
            binding.close();
            if (measured.wentAsync()) {
                // Completion ends it; the response belongs to other threads by now.
            } else if (request.isAsyncStarted()) {
                request.getAsyncContext().addListener(completion);
            } else {
                completed(exchange);
                finish(exchange, response.getStatus());
            }
        }
    }

    /** An {@code ASYNC}, {@code ERROR}, {@code FORWARD} or {@code INCLUDE} dispatch of a request we already measure. */
    private static void again(Exchange exchange, ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        exchange.response().beforeCommit();
        RequestScope.Binding binding = exchange.scope().bind();
        try {
            chain.doFilter(request, response);
        } finally {
            binding.close();
            if (request.getDispatcherType() == DispatcherType.ASYNC && !request.isAsyncStarted()) {
                completed(exchange);
            } else {
                exchange.response().beforeCommit();
            }
        }
    }

    /** Of a failed one the container makes the rest. */
    private static void completed(Exchange exchange) {
        if (exchange.isFailed()) {
            exchange.response().beforeCommit();
        } else {
            exchange.response().complete();
        }
    }

    private void finish(Exchange exchange, int status) {
        if (exchange.finish(status)) {
            meters.record(exchange);
        }
    }

    /** Finishes an asynchronous request. A new asynchronous cycle drops its listeners, so it adds itself again. */
    private final class Completion implements AsyncListener {
        private final Exchange exchange;

        Completion(Exchange exchange) {
            this.exchange = exchange;
        }

        @Override
        public void onComplete(AsyncEvent event) {
            finish(exchange, exchange.response().getStatus());
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            exchange.response().beforeCommit();
            exchange.failed();
        }

        @Override
        public void onError(AsyncEvent event) {
            exchange.response().beforeCommit();
            exchange.failed(event.getThrowable());
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            AsyncContext context = event.getAsyncContext();
            context.addListener(this);
        }
    }

    /** Builds a {@link MonitoringFilter}. Not thread-safe. */
    public static final class Builder {
        private final PerformanceMonitor monitor;
        private boolean responseTime = true;
        private boolean serverTiming;
        private boolean developerHeaders;
        private boolean developmentPanel;
        private boolean httpServerRequests;
        private Function<HttpServletRequest, String> endpointName = request -> "";

        private Builder(PerformanceMonitor monitor) {
            this.monitor = Objects.requireNonNull(monitor, "monitor");
        }

        /**
         * Whether to send {@code X-Response-Time}, such as {@code 12.345ms}.
         *
         * @param value true unless set
         * @return this
         */
        public Builder responseTime(boolean value) {
            this.responseTime = value;
            return this;
        }

        /**
         * Whether to send {@code Server-Timing} with {@code total} and {@code db}, which browsers show. It tells any
         * client what the database takes.
         *
         * @param value false unless set
         * @return this
         */
        public Builder serverTiming(boolean value) {
            this.serverTiming = value;
            return this;
        }

        /**
         * Whether to send the numbers {@code X-Query-Count}, {@code X-Query-Time-Micros} and, where the JVM tells,
         * {@code X-Allocated-Bytes}, for load tests and while developing.
         *
         * @param value false unless set
         * @return this
         */
        public Builder developerHeaders(boolean value) {
            this.developerHeaders = value;
            return this;
        }

        /**
         * Whether to add a panel to HTML pages, and to every response the header {@code X-Perfkit} with the same as JSON:
         * where the time went, the queries, the findings with the lines of the application. For development only: it tells
         * whoever asks how the application is made, though none of its values.
         *
         * <p>The panel comes after the end of a page that is sent as {@code text/html}, and needs neither a script nor the
         * network. Left as they are: other types; pages that the application compressed itself, or sends as an attachment,
         * in part, in UTF-16 or from a {@code WriteListener}; answers to {@code fetch} and {@code XMLHttpRequest}; and
         * error pages of the container. A page with the panel has no {@code Content-Length}.
         *
         * @param value false unless set
         * @return this
         */
        public Builder developmentPanel(boolean value) {
            this.developmentPanel = value;
            return this;
        }

        /**
         * Whether to record {@code http.server.requests}, with the tags of Spring Boot, beside {@code perfkit.requests}.
         * Leave it off where the framework records it already.
         *
         * @param value false unless set
         * @return this
         */
        public Builder httpServerRequests(boolean value) {
            this.httpServerRequests = value;
            return this;
        }

        /**
         * Names the endpoint of a request, without its method, such as {@code /users/{id}}. Asked once, after the chain
         * returns, so that what a framework matched can be read from the request's attributes. Names beyond the cap of
         * the monitor become {@code _other}.
         *
         * @param value gives a name from a bounded set; empty or null for the pattern of the mapping
         * @return this
         */
        public Builder endpointName(Function<HttpServletRequest, String> value) {
            this.endpointName = Objects.requireNonNull(value, "endpointName");
            return this;
        }

        /**
         * Builds the filter.
         *
         * @return the filter
         */
        public MonitoringFilter build() {
            return new MonitoringFilter(this);
        }
    }
}
