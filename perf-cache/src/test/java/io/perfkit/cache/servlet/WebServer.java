package io.perfkit.cache.servlet;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.testkit.time.ManualClock;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.ee11.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee11.servlet.FilterHolder;
import org.eclipse.jetty.ee11.servlet.ServletContextHandler;
import org.eclipse.jetty.ee11.servlet.ServletHolder;
import org.eclipse.jetty.server.ForwardedRequestCustomizer;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;

/** A real Jetty with the filter before its servlets, and the clock by which its cache counts. */
final class WebServer implements AutoCloseable {

    /** What an application does with a request. */
    interface Application {
        void answer(HttpServletRequest request, HttpServletResponse response) throws ServletException, IOException;
    }

    final ManualClock clock;
    final AtomicInteger runs = new AtomicInteger();
    final PerfCache cache;
    final CacheRegion<CachedResponse> region;

    private final Server server = new Server(new InetSocketAddress("127.0.0.1", 0));
    private final ServletContextHandler context = new ServletContextHandler("/", true, false);

    private WebServer(
            PerfCache cache,
            ManualClock clock,
            @Nullable Filter outer,
            UnaryOperator<ResponseCacheFilter.Builder> settings) {
        this.cache = cache;
        this.clock = clock;
        if (outer != null) {
            filter(outer);
        }
        region = cache.region("pages", CachedResponse.codec(), CachePolicy.of(Duration.ofMinutes(5)));
        filter(settings.apply(ResponseCacheFilter.builder(region).clock(clock).ticker(clock::nanoTime))
                .build());
    }

    static WebServer of(Application application) {
        return of(application, settings -> settings);
    }

    static WebServer of(Application application, UnaryOperator<ResponseCacheFilter.Builder> settings) {
        return of(null, application, settings);
    }

    static WebServer of(
            @Nullable Filter outer, Application application, UnaryOperator<ResponseCacheFilter.Builder> settings) {
        ManualClock clock = new ManualClock();
        PerfCache cache = PerfCache.builder("web")
                .ticker(clock::nanoTime)
                .executor(Runnable::run)
                .build();
        return new WebServer(cache, clock, outer, settings)
                .application("/*", application)
                .start();
    }

    /** With a cache that counts by the system's clock. */
    static WebServer of(PerfCache.Builder cache, Application application) {
        return new WebServer(cache.build(), new ManualClock(), null, settings -> settings)
                .application("/*", application)
                .start();
    }

    WebServer filter(Filter filter) {
        FilterHolder holder = new FilterHolder(filter);
        holder.setAsyncSupported(true);
        context.addFilter(holder, "/*", EnumSet.allOf(DispatcherType.class));
        return this;
    }

    WebServer application(String pattern, Application application) {
        ServletHolder holder = new ServletHolder(new HttpServlet() {
            @Override
            protected void service(HttpServletRequest request, HttpServletResponse response)
                    throws ServletException, IOException {
                runs.incrementAndGet();
                application.answer(request, response);
            }
        });
        holder.setAsyncSupported(true);
        context.addServlet(holder, pattern);
        return this;
    }

    /** Answers an error with what the application has at a path. */
    WebServer errorPage(int status, String path) {
        ErrorPageErrorHandler handler = new ErrorPageErrorHandler();
        handler.addErrorPage(status, path);
        context.setErrorHandler(handler);
        return this;
    }

    /** Has {@code X-Forwarded-…} decide what the application takes for its host and its client. */
    WebServer behindProxy() {
        ((ServerConnector) server.getConnectors()[0])
                .getConnectionFactory(HttpConnectionFactory.class)
                .getHttpConfiguration()
                .addCustomizer(new ForwardedRequestCustomizer());
        return this;
    }

    WebServer start() {
        server.setHandler(context);
        try {
            server.start();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
        return this;
    }

    int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    /** A request whose lines are exactly these. */
    Reply send(String method, String target, String... headers) {
        return Reply.to(port(), method, target, headers);
    }

    Reply get(String target, String... headers) {
        return send("GET", target, headers);
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
        cache.close();
    }
}
