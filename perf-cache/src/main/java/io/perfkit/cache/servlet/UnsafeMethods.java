package io.perfkit.cache.servlet;

import io.perfkit.cache.CacheRegion;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * Requests that may change something: what they succeed in makes stored responses invalid (RFC 9111, 4.4). Every method
 * counts that is not known to be safe, and its name in another case is another method.
 */
final class UnsafeMethods {

    /** Safe according to RFC 9110 and the registry of methods. */
    private static final Set<String> SAFE =
            Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY", "REPORT", "SEARCH");

    private static final AtomicLong FILTERS = new AtomicLong();

    private final CacheRegion<CachedResponse> region;
    private final Predicate<HttpServletRequest> when;

    /** Of this filter alone: an application may have several, each with a region of its own. */
    private final String attribute = UnsafeExchange.class.getName() + '.' + FILTERS.incrementAndGet();

    UnsafeMethods(CacheRegion<CachedResponse> region, Predicate<HttpServletRequest> when) {
        this.region = region;
        this.when = when;
    }

    boolean include(HttpServletRequest request) {
        return !SAFE.contains(request.getMethod()) && request.getAttribute(attribute) == null && when.test(request);
    }

    /** Has the application answer, and invalidates what the answer makes invalid. */
    void answer(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        UnsafeExchange exchange = new UnsafeExchange(region, request);
        request.setAttribute(attribute, exchange);
        UnsafeResponse watched = new UnsafeResponse(response, exchange);
        run(exchange, new UnsafeRequest(request, watched, exchange), watched, chain);
    }

    /** Goes on with a request that was dispatched again: for an error, or at the end of asynchronous processing. */
    void resume(ServletRequest request, ServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (request.getAttribute(attribute) instanceof UnsafeExchange exchange
                && response instanceof HttpServletResponse httpResponse) {
            run(exchange, request, new UnsafeResponse(httpResponse, exchange), chain);
        } else {
            chain.doFilter(request, response);
        }
    }

    private static void run(UnsafeExchange exchange, ServletRequest request, UnsafeResponse response, FilterChain chain)
            throws IOException, ServletException {
        try {
            chain.doFilter(request, response);
        } catch (Throwable t) {
            exchange.failed(response);
            throw t;
        }
        if (!request.isAsyncStarted()) {
            exchange.ended(response);
        }
    }
}
