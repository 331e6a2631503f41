package io.perfkit.cache;

import java.util.function.Consumer;

/** Tells the user's listener, and keeps what it throws from the code that caused the event. */
final class SafeListener {

    private final CacheListener listener;
    private final FailureLog failures;

    SafeListener(CacheListener listener, FailureLog failures) {
        this.listener = listener;
        this.failures = failures;
    }

    void tell(Consumer<CacheListener> event) {
        try {
            event.accept(listener);
        } catch (Throwable e) {
            // Whatever it is, a sneakily thrown checked exception or a failed assertion: it is not the caller's.
            failures.failed("the listener " + listener.getClass().getName() + " failed", e);
        }
    }
}
