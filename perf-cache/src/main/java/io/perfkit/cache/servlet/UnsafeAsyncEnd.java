package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;

/** Notices how the asynchronous processing of a request that may change something ends. */
final class UnsafeAsyncEnd implements AsyncListener {

    private final UnsafeExchange exchange;
    private final UnsafeResponse response;

    UnsafeAsyncEnd(UnsafeExchange exchange, UnsafeResponse response) {
        this.exchange = exchange;
        this.response = response;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        exchange.ended(response);
    }

    /** What was changed until then is not known. */
    @Override
    public void onTimeout(AsyncEvent event) {
        exchange.failed(response);
    }

    @Override
    public void onError(AsyncEvent event) {
        exchange.failed(response);
    }

    /** A dispatch that goes asynchronous again forgets its listeners. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
