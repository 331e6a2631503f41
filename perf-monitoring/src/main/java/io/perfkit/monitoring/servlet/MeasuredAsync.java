package io.perfkit.monitoring.servlet;

import io.perfkit.monitoring.RequestScope;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/** Sets the headers of an asynchronous response when it is completed, and carries the scope to the thread it starts. */
final class MeasuredAsync implements AsyncContext {
    private final AsyncContext delegate;
    private final MeasuredResponse response;
    private final RequestScope scope;

    MeasuredAsync(AsyncContext delegate, MeasuredResponse response, RequestScope scope) {
        this.delegate = delegate;
        this.response = response;
        this.scope = scope;
    }

    @Override
    public void complete() {
        response.complete();
        delegate.complete();
    }

    @Override
    public void start(Runnable task) {
        delegate.start(scope.wrap(task));
    }

    @Override
    public ServletRequest getRequest() {
        return delegate.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
        return delegate.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return delegate.hasOriginalRequestAndResponse();
    }

    @Override
    public void dispatch() {
        delegate.dispatch();
    }

    @Override
    public void dispatch(String path) {
        delegate.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext context, String path) {
        delegate.dispatch(context, path);
    }

    @Override
    public void addListener(AsyncListener listener) {
        delegate.addListener(listener);
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse servletResponse) {
        delegate.addListener(listener, request, servletResponse);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> type) throws ServletException {
        return delegate.createListener(type);
    }

    @Override
    public void setTimeout(long millis) {
        delegate.setTimeout(millis);
    }

    @Override
    public long getTimeout() {
        return delegate.getTimeout();
    }
}
