package io.perfkit.cache.servlet;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.Charset;

/**
 * The characters of a response on their way through a {@link CapturingResponse}. Not an {@link OutputStreamWriter} on
 * the stream: its flush would be taken for the application's wish to send what there is.
 */
final class CapturingWriter extends Writer {

    private final CapturingResponse response;
    private final CapturedBody body;
    private final OutputStreamWriter encoder;
    private final String charset;

    CapturingWriter(CapturingResponse response, CapturedBody body, Charset charset) {
        this.response = response;
        this.body = body;
        this.charset = charset.name();
        this.encoder = new OutputStreamWriter(
                new OutputStream() {
                    @Override
                    public void write(int b) throws IOException {
                        body.write(new byte[] {(byte) b}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        body.write(bytes, offset, length);
                    }
                },
                charset);
    }

    @Override
    public void write(char[] chars, int offset, int length) throws IOException {
        encoder.write(chars, offset, length);
        if (!body.isHeldBack()) {
            // Nobody will come to fetch what is left in the encoder.
            encoder.flush();
        }
    }

    String charset() {
        return charset;
    }

    /** Hands on what is left in the encoder. */
    void drain() throws IOException {
        encoder.flush();
    }

    @Override
    public void flush() throws IOException {
        drain();
        response.flushBuffer();
    }

    @Override
    public void close() throws IOException {
        drain();
        body.close();
    }
}
