package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/** A request that may change something. The application sees all of it; the end of asynchronous processing is noticed. */
final class UnsafeRequest extends HttpServletRequestWrapper {

    private final UnsafeResponse response;
    private final UnsafeExchange exchange;
    private @Nullable UnsafeAsync async;

    UnsafeRequest(HttpServletRequest request, UnsafeResponse response, UnsafeExchange exchange) {
        super(request);
        this.response = response;
        this.exchange = exchange;
    }

    @Override
    public AsyncContext startAsync() {
        return startAsync(this, response);
    }

    @Override
    public AsyncContext startAsync(ServletRequest servletRequest, ServletResponse servletResponse) {
        AsyncContext context = super.startAsync(servletRequest, servletResponse);
        response.goesAsync();
        UnsafeAsync started = new UnsafeAsync(context, response);
        context.addListener(new UnsafeAsyncEnd(exchange, response));
        async = started;
        return started;
    }

    @Override
    public AsyncContext getAsyncContext() {
        // The container's own complaint where there is none.
        AsyncContext context = super.getAsyncContext();
        UnsafeAsync present = async;
        return present != null && present.isOf(context) ? present : context;
    }
}
