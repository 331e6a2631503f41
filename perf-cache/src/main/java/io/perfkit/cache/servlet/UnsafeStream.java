package io.perfkit.cache.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The bytes of a response on their way through an {@link UnsafeResponse}. */
final class UnsafeStream extends ServletOutputStream {

    private final UnsafeResponse response;
    private final ServletOutputStream out;

    UnsafeStream(UnsafeResponse response, ServletOutputStream out) {
        this.response = response;
        this.out = out;
    }

    @Override
    public void write(int b) throws IOException {
        response.leaving();
        out.write(b);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        response.leaving();
        out.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        response.leaving();
        out.flush();
    }

    @Override
    public void close() throws IOException {
        response.leaving();
        out.close();
    }

    @Override
    public boolean isReady() {
        return out.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        out.setWriteListener(listener);
    }
}
