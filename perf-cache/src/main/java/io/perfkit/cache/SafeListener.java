package io.perfkit.cache;

import java.util.List;
import java.util.function.Consumer;

/** Tells the user's listeners, and keeps what one throws from the others and from the code that caused the event. */
final class SafeListener {

    private final List<CacheListener> listeners;
    private final FailureLog failures;

    SafeListener(List<CacheListener> listeners, FailureLog failures) {
        this.listeners = List.copyOf(listeners);
        this.failures = failures;
    }

    void tell(Consumer<CacheListener> event) {
        for (CacheListener listener : listeners) {
            try {
                event.accept(listener);
            } catch (Throwable e) {
                // Whatever it is, a sneakily thrown checked exception or a failed assertion: it is not the caller's.
                failures.failed("the listener " + listener.getClass().getName() + " failed", e);
            }
        }
    }
}
