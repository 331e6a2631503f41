package io.perfkit.cache.servlet;

import java.io.PrintWriter;

/**
 * The characters of a response on their way through an {@link UnsafeResponse}. On top of the container's own
 * {@link PrintWriter}, so that {@link #checkError} tells what that one knows.
 */
final class UnsafeWriter extends PrintWriter {

    private final UnsafeResponse response;

    UnsafeWriter(UnsafeResponse response, PrintWriter out) {
        super(out);
        this.response = response;
    }

    @Override
    public void write(int c) {
        response.leaving();
        super.write(c);
    }

    @Override
    public void write(char[] chars, int offset, int length) {
        response.leaving();
        super.write(chars, offset, length);
    }

    @Override
    public void write(String text, int offset, int length) {
        response.leaving();
        super.write(text, offset, length);
    }

    @Override
    public void println() {
        response.leaving();
        super.println();
    }

    @Override
    public void flush() {
        response.leaving();
        super.flush();
    }

    @Override
    public void close() {
        response.leaving();
        super.close();
    }
}
