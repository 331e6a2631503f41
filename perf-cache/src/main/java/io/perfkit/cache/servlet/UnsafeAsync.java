package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;

/** The asynchronous processing of a request that may change something: a response may leave when it is completed. */
final class UnsafeAsync implements AsyncContext {

    private final AsyncContext context;
    private final UnsafeResponse response;

    UnsafeAsync(AsyncContext context, UnsafeResponse response) {
        this.context = context;
        this.response = response;
    }

    boolean isOf(AsyncContext other) {
        return context == other;
    }

    @Override
    public void complete() {
        response.leaving();
        context.complete();
    }

    @Override
    public ServletRequest getRequest() {
        return context.getRequest();
    }

    @Override
    public ServletResponse getResponse() {
        return context.getResponse();
    }

    @Override
    public boolean hasOriginalRequestAndResponse() {
        return context.hasOriginalRequestAndResponse();
    }

    @Override
    public void dispatch() {
        context.dispatch();
    }

    @Override
    public void dispatch(String path) {
        context.dispatch(path);
    }

    @Override
    public void dispatch(ServletContext servletContext, String path) {
        context.dispatch(servletContext, path);
    }

    @Override
    public void start(Runnable run) {
        context.start(run);
    }

    @Override
    public void addListener(AsyncListener listener) {
        context.addListener(listener);
    }

    @Override
    public void addListener(AsyncListener listener, ServletRequest request, ServletResponse given) {
        context.addListener(listener, request, given);
    }

    @Override
    public <T extends AsyncListener> T createListener(Class<T> listenerClass) throws ServletException {
        return context.createListener(listenerClass);
    }

    @Override
    public void setTimeout(long milliseconds) {
        context.setTimeout(milliseconds);
    }

    @Override
    public long getTimeout() {
        return context.getTimeout();
    }
}
