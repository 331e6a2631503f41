package io.perfkit.monitoring.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;

/**
 * Notices that a request goes asynchronous, when it does: asked afterwards, the container says no if it has been
 * dispatched or completed meanwhile. And sees to it that {@code startAsync()}, which would hand out the container's own
 * response, hands out ours. The headers are set at this moment for the response that is completed without a byte.
 */
final class MeasuredRequest extends HttpServletRequestWrapper {
    private final MeasuredResponse response;
    private final AsyncListener listener;
    private volatile boolean wentAsync;

    MeasuredRequest(HttpServletRequest request, MeasuredResponse response, AsyncListener listener) {
        super(request);
        this.response = response;
        this.listener = listener;
    }

    boolean wentAsync() {
        return wentAsync;
    }

    @Override
    public AsyncContext startAsync() {
        return started(super.startAsync(this, response));
    }

    @Override
    public AsyncContext startAsync(ServletRequest servletRequest, ServletResponse servletResponse) {
        return started(super.startAsync(servletRequest, servletResponse));
    }

    private AsyncContext started(AsyncContext context) {
        response.beforeCommit();
        if (!wentAsync) {
            wentAsync = true;
            context.addListener(listener); // from then on it adds itself again
        }
        return context;
    }
}
