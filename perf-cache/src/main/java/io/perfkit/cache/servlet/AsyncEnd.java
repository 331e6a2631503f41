package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.io.IOException;

/** Notices how asynchronous processing ends. */
final class AsyncEnd implements AsyncListener {

    private final CapturingResponse response;

    AsyncEnd(CapturingResponse response) {
        this.response = response;
    }

    @Override
    public void onComplete(AsyncEvent event) {
        try {
            response.finish();
        } catch (IOException e) {
            response.body().breakOff();
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        response.body().breakOff();
    }

    @Override
    public void onError(AsyncEvent event) {
        response.body().breakOff();
    }

    /** A dispatch that goes asynchronous again forgets its listeners. */
    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
