package io.perfkit.cache.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The bytes of a response on their way through a {@link CapturingResponse}. */
final class CapturingStream extends ServletOutputStream {

    private final CapturingResponse response;

    CapturingStream(CapturingResponse response) {
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        response.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        response.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        response.flushBuffer();
    }

    @Override
    public void close() throws IOException {
        response.closeBody();
    }

    @Override
    public boolean isReady() {
        return response.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        response.setWriteListener(listener);
    }
}
