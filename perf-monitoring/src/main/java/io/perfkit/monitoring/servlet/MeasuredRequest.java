package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Notices that a request goes asynchronous, when it does: asked afterwards, the container says no if it has been
 * dispatched or completed meanwhile. And sees to it that {@code startAsync()}, which would hand out the container's own
 * response, hands out ours. The headers are set at this moment for the response that the container itself
 * completes, and again when the application does.
 */
final class MeasuredRequest extends HttpServletRequestWrapper {
    private final MeasuredResponse response;
    private final AsyncListener listener;
    private final RequestScope scope;
    private volatile boolean wentAsync;
    private volatile @Nullable AsyncContext context;

    MeasuredRequest(HttpServletRequest request, MeasuredResponse response, AsyncListener listener, RequestScope scope) {
        super(request);
        this.response = response;
        this.listener = listener;
        this.scope = scope;
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

    private AsyncContext started(AsyncContext started) {
        response.beforeCommit();
        if (!wentAsync) {
            wentAsync = true;
            started.addListener(listener); // from then on it adds itself again
        }
        AsyncContext measured = new MeasuredAsync(started, response, scope);
        context = measured;
        return measured;
    }

    @Override
    public AsyncContext getAsyncContext() {
        AsyncContext present = context;
        return present != null && isAsyncStarted() ? present : super.getAsyncContext();
    }
}
