package io.perfkit.monitoring.servlet;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Tells the response before characters go out. A {@link PrintWriter} swallows the exceptions of what it writes to, so
 * what it writes to here passes on those that the container's writer recorded.
 */
final class MeasuredWriter extends Writer {
    private final PrintWriter delegate;
    private final MeasuredResponse response;

    MeasuredWriter(PrintWriter delegate, MeasuredResponse response) {
        this.delegate = delegate;
        this.response = response;
    }

    @Override
    public void write(int c) {
        response.beforeWriteOfChars(1);
        delegate.write(c);
    }

    @Override
    public void write(char[] chars, int offset, int length) {
        response.beforeWriteOfChars(length);
        delegate.write(chars, offset, length);
    }

    @Override
    public void write(String text, int offset, int length) {
        response.beforeWriteOfChars(length);
        delegate.write(text, offset, length);
    }

    @Override
    public void flush() throws IOException {
        response.beforeSend();
        delegate.flush();
        check();
    }

    @Override
    public void close() throws IOException {
        String rest = response.panel();
        response.beforeCommit();
        delegate.write(rest);
        delegate.close();
        check();
    }

    /** Only here: {@code checkError} flushes, and to flush at every write would commit at the first. */
    private void check() throws IOException {
        if (delegate.checkError()) {
            response.clientGone();
            throw new IOException("The client is gone");
        }
    }
}
