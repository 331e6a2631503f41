package io.perfkit.monitoring.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Tells the response before bytes go out. */
final class MeasuredOutputStream extends ServletOutputStream {
    private final ServletOutputStream delegate;
    private final MeasuredResponse response;

    MeasuredOutputStream(ServletOutputStream delegate, MeasuredResponse response) {
        this.delegate = delegate;
        this.response = response;
    }

    @Override
    public void write(int b) throws IOException {
        response.beforeWrite(1);
        delegate.write(b);
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        response.beforeWrite(bytes.length);
        delegate.write(bytes);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        response.beforeWrite(length);
        delegate.write(bytes, offset, length);
    }

    @Override
    public void write(ByteBuffer buffer) throws IOException {
        response.beforeWrite(buffer.remaining());
        delegate.write(buffer);
    }

    @Override
    public void print(String text) throws IOException {
        response.beforeWriteOfChars(text == null ? 4 : text.length());
        delegate.print(text);
    }

    @Override
    public void flush() throws IOException {
        response.beforeCommit();
        delegate.flush();
    }

    @Override
    public void close() throws IOException {
        response.beforeCommit();
        delegate.close();
    }

    @Override
    public boolean isReady() {
        return delegate.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        delegate.setWriteListener(listener);
    }
}
