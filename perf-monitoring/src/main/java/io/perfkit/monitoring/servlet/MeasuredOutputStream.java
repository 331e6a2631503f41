package io.perfkit.monitoring.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

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
        try {
            delegate.write(b);
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public void write(byte[] bytes) throws IOException {
        response.beforeWrite(bytes.length);
        try {
            delegate.write(bytes);
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        response.beforeWrite(length);
        try {
            delegate.write(bytes, offset, length);
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public void write(ByteBuffer buffer) throws IOException {
        response.beforeWrite(buffer.remaining());
        try {
            delegate.write(buffer);
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public void print(String text) throws IOException {
        response.beforeWriteOfChars(text == null ? 4 : text.length());
        try {
            delegate.print(text);
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public void flush() throws IOException {
        response.beforeSend();
        try {
            delegate.flush();
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public void close() throws IOException {
        String rest = response.panel();
        response.beforeCommit();
        try {
            if (!rest.isEmpty()) {
                delegate.write(rest.getBytes(StandardCharsets.US_ASCII));
            }
            delegate.close();
        } catch (IOException gone) {
            response.clientGone();
            throw gone;
        }
    }

    @Override
    public boolean isReady() {
        return delegate.isReady();
    }

    @Override
    public void setWriteListener(WriteListener listener) {
        response.withoutPanel();
        delegate.setWriteListener(listener);
    }
}
