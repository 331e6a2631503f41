package io.perfkit.testkit.proxy;

/** Runs one action at the earliest of the times it is set to. The action may also run when there is nothing to do. */
final class Alarm {
    private final EventLoop loop;
    private final Runnable action;
    private boolean pending;
    private long earliestNanos;

    Alarm(EventLoop loop, Runnable action) {
        this.loop = loop;
        this.action = action;
    }

    void setTo(long nanos) {
        if (pending && earliestNanos - nanos <= 0) {
            return;
        }
        pending = true;
        earliestNanos = nanos;
        loop.at(nanos, () -> {
            if (earliestNanos == nanos) {
                pending = false;
            }
            action.run();
        });
    }
}
