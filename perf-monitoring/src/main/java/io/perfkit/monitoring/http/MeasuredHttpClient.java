package io.perfkit.monitoring.http;

import io.perfkit.monitoring.Execution;
import io.perfkit.monitoring.OutboundRecorder;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports each call, and hands everything on as it came. */
final class MeasuredHttpClient extends HttpClient {
    private static final Logger LOGGER = LoggerFactory.getLogger(MonitoredHttpClient.class);
    private static final String UNNAMED = "_other";
    private static final SinceJava21 SHUTDOWN = new SinceJava21("shutdown");
    private static final SinceJava21 SHUTDOWN_NOW = new SinceJava21("shutdownNow");
    private static final SinceJava21 IS_TERMINATED = new SinceJava21("isTerminated");
    private static final SinceJava21 AWAIT_TERMINATION = new SinceJava21("awaitTermination", Duration.class);
    private static final SinceJava21 CLOSE = new SinceJava21("close");

    private final HttpClient delegate;
    private final OutboundRecorder recorder;
    private final @Nullable Function<HttpRequest, @Nullable String> callName;
    private final AtomicBoolean warned = new AtomicBoolean();

    MeasuredHttpClient(
            HttpClient delegate,
            OutboundRecorder recorder,
            @Nullable Function<HttpRequest, @Nullable String> callName) {
        this.delegate = delegate;
        this.recorder = recorder;
        this.callName = callName;
    }

    boolean reportsTo(OutboundRecorder other) {
        return recorder == other;
    }

    @Override
    public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
            throws IOException, InterruptedException {
        Execution call = recorder.begin(name(request), parameters(request));
        Throwable failure = null;
        int status = 0;
        try {
            HttpResponse<T> response = delegate.send(request, handler);
            status = status(response);
            return response;
        } catch (Throwable thrown) {
            failure = thrown;
            throw thrown;
        } finally {
            recorder.end(call, status, failure);
        }
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(HttpRequest request, BodyHandler<T> handler) {
        return measured(request, () -> delegate.sendAsync(request, handler));
    }

    @Override
    public <T> CompletableFuture<HttpResponse<T>> sendAsync(
            HttpRequest request, BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromises) {
        return measured(request, () -> delegate.sendAsync(request, handler, pushPromises));
    }

    private <T> CompletableFuture<HttpResponse<T>> measured(HttpRequest request, Sending<T> sending) {
        Execution call = recorder.beginAsync(name(request), parameters(request));
        CompletableFuture<HttpResponse<T>> answer;
        try {
            answer = sending.send();
        } catch (Throwable thrown) {
            recorder.end(call, 0, thrown);
            throw thrown;
        }
        CompletableFuture<?> unused =
                answer.whenComplete((response, failure) -> recorder.end(call, status(response), failure));
        return answer;
    }

    private static int status(@Nullable HttpResponse<?> response) {
        return response == null ? 0 : response.statusCode();
    }

    /** One call of the client. */
    private interface Sending<T> {
        CompletableFuture<HttpResponse<T>> send();
    }

    /** Of a bounded set, whatever the caller's function does; what is wrong with a request is the client's to say. */
    private String name(@Nullable HttpRequest request) {
        try {
            if (request == null) {
                return UNNAMED;
            }
            String name = callName == null ? null : callName.apply(request);
            return name == null || name.isEmpty() ? CallNames.of(request.method(), request.uri()) : name;
        } catch (RuntimeException failure) {
            if (warned.compareAndSet(false, true)) {
                LOGGER.warn("A call could not be named and counts as {}; told once", UNNAMED, failure);
            }
            return UNNAMED;
        }
    }

    private static int parameters(@Nullable HttpRequest request) {
        try {
            return request == null
                    ? 0
                    : request.method().hashCode() * 31 + request.uri().hashCode();
        } catch (RuntimeException ofTheClientToSay) {
            return 0;
        }
    }

    @Override
    public Optional<CookieHandler> cookieHandler() {
        return delegate.cookieHandler();
    }

    @Override
    public Optional<Duration> connectTimeout() {
        return delegate.connectTimeout();
    }

    @Override
    public Redirect followRedirects() {
        return delegate.followRedirects();
    }

    @Override
    public Optional<ProxySelector> proxy() {
        return delegate.proxy();
    }

    @Override
    public SSLContext sslContext() {
        return delegate.sslContext();
    }

    @Override
    public SSLParameters sslParameters() {
        return delegate.sslParameters();
    }

    @Override
    public Optional<Authenticator> authenticator() {
        return delegate.authenticator();
    }

    @Override
    public Version version() {
        return delegate.version();
    }

    @Override
    public Optional<Executor> executor() {
        return delegate.executor();
    }

    @Override
    public WebSocket.Builder newWebSocketBuilder() {
        return delegate.newWebSocketBuilder();
    }

    // What follows, a client has since Java 21; before, nobody calls it.

    public void shutdown() {
        SHUTDOWN.callQuietly(delegate);
    }

    public void shutdownNow() {
        SHUTDOWN_NOW.callQuietly(delegate);
    }

    public boolean isTerminated() {
        return Boolean.TRUE.equals(IS_TERMINATED.callQuietly(delegate));
    }

    public boolean awaitTermination(Duration duration) throws InterruptedException {
        return !Boolean.FALSE.equals(AWAIT_TERMINATION.call(delegate, duration));
    }

    public void close() {
        CLOSE.callQuietly(delegate);
    }

    @Override
    public String toString() {
        return "MonitoredHttpClient(" + delegate + ")";
    }
}
