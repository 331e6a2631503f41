package io.perfkit.cache.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;

/** The bytes of a response on their way through a {@link CapturingResponse}. */
final class CapturingStream extends ServletOutputStream {

    private final CapturingResponse response;
    private final CapturedBody body;

    CapturingStream(CapturingResponse response, CapturedBody body) {
        this.response = response;
        this.body = body;
    }

    @Override
    public void write(int b) throws IOException {
        body.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        body.write(bytes, offset, length);
    }

    @Override
    public void flush() throws IOException {
        response.flushBuffer();
    }

    @Override
    public void close() throws IOException {
        body.close();
    }

    @Override
    public boolean isReady() {
        return body.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        body.setWriteListener(listener);
    }
}
