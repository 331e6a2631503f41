package io.perfkit.testkit.grammar.sample.broken;

import java.io.IOException;
import java.time.Duration;

/** Ends badly, tells its figures by other names, and answers changed copies of itself. */
public final class Pipe implements AutoCloseable {
    private boolean closed;

    public Pipe width(int value) {
        return this;
    }

    public PipeSnapshot snapshot() {
        return new PipeSnapshot(0);
    }

    public PipeSnapshot stats() {
        return snapshot();
    }

    public void drain() {}

    @Override
    public void close() throws IOException {
        if (closed) {
            throw new IOException("closed already");
        }
        closed = true;
    }

    public void close(Duration atMost) {}
}
