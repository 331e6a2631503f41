package io.perfkit.monitoring.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A response that calls back before it may be committed, while headers can still be set.
 *
 * <p>A container commits when its buffer is full, when as much is written as {@code Content-Length} announces, at a
 * flush or close, at {@code sendError} and {@code sendRedirect}, and when the request is over. The callback comes
 * before each of these; coming once too often does no harm, since the headers are set anew with later figures as long
 * as nothing is committed. Bytes are counted against the buffer's size, and characters as the most bytes they could
 * become, so that it comes too early rather than too late.
 */
final class MeasuredResponse extends HttpServletResponseWrapper {
    private static final int MOST_BYTES_PER_CHAR = 4;

    private final Runnable headers;
    private final PanelBody panel;
    private @Nullable ServletOutputStream stream;
    private @Nullable PrintWriter writer;
    private volatile @Nullable PrintWriter containerWriter;
    private volatile boolean clientGone;
    private long written;
    private long contentLength = Long.MAX_VALUE;

    MeasuredResponse(HttpServletResponse response, Runnable headers, PanelBody panel) {
        super(response);
        this.headers = headers;
        this.panel = panel;
    }

    private HttpServletResponse container() {
        return (HttpServletResponse) getResponse();
    }

    /** The container could not write: nobody is there to read. */
    void clientGone() {
        clientGone = true;
    }

    /** Whether the container failed to write, also where a {@link PrintWriter} kept it to itself. */
    boolean isClientGone() {
        PrintWriter present = containerWriter;
        if (!clientGone && present != null && isCommitted()) {
            clientGone = present.checkError();
        }
        return clientGone;
    }

    /** Sets the headers, if it is not too late. */
    void beforeCommit() {
        if (!isCommitted()) {
            headers.run();
        }
    }

    /** The response goes out, whether or not there is a body. */
    void beforeSend() {
        panel.begin(container());
        beforeCommit();
    }

    void beforeWrite(long bytes) {
        if (written < 0) {
            return;
        }
        if (bytes > 0) {
            panel.begin(container());
        }
        written += bytes;
        if (written >= getBufferSize() || written >= contentLength) {
            beforeCommit();
            written = -1; // the rest of this response need not be counted
        }
    }

    void beforeWriteOfChars(long chars) {
        beforeWrite(chars * MOST_BYTES_PER_CHAR);
    }

    /** What is to follow the body, which ends here. */
    String panel() {
        return panel.end(container());
    }

    /** The container asks for the body piece by piece, so that nothing can be written after it. */
    void withoutPanel() {
        panel.giveUp(container());
    }

    /** The application is done with a response that it did not close. */
    void complete() {
        String rest = panel();
        if (!rest.isEmpty()) {
            PrintWriter presentWriter = writer;
            ServletOutputStream presentStream = stream;
            if (presentWriter != null) {
                presentWriter.write(rest);
            } else if (presentStream != null) {
                try {
                    presentStream.write(rest.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException gone) {
                    clientGone();
                }
            }
        }
        beforeCommit();
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        ServletOutputStream present = stream;
        if (present == null) {
            present = new MeasuredOutputStream(super.getOutputStream(), this);
            stream = present;
        }
        return present;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        PrintWriter present = writer;
        if (present == null) {
            PrintWriter behind = super.getWriter();
            containerWriter = behind;
            present = new PrintWriter(new MeasuredWriter(behind, this));
            writer = present;
        }
        return present;
    }

    @Override
    public void flushBuffer() throws IOException {
        beforeSend();
        try {
            super.flushBuffer();
        } catch (IOException gone) {
            clientGone();
            throw gone;
        }
    }

    @Override
    public void reset() {
        super.reset();
        restart();
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        restart();
    }

    private void restart() {
        panel.reset();
        written = 0;
        stream = null;
        writer = null;
        containerWriter = null;
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        panel.reset();
        withoutPanel();
        beforeCommit();
        super.sendError(status, message);
    }

    @Override
    public void sendError(int status) throws IOException {
        panel.reset();
        withoutPanel();
        beforeCommit();
        super.sendError(status);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        panel.reset();
        withoutPanel();
        beforeCommit();
        super.sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        panel.reset();
        withoutPanel();
        beforeCommit();
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public void setContentLength(int length) {
        contentLength = length;
        if (!panel.holds(length)) {
            super.setContentLength(length);
        }
    }

    @Override
    public void setContentLengthLong(long length) {
        contentLength = length;
        if (!panel.holds(length)) {
            super.setContentLengthLong(length);
        }
    }

    @Override
    public void setIntHeader(String name, int value) {
        if (!announced(name, Integer.toString(value))) {
            super.setIntHeader(name, value);
        }
    }

    @Override
    public void addIntHeader(String name, int value) {
        if (!announced(name, Integer.toString(value))) {
            super.addIntHeader(name, value);
        }
    }

    @Override
    public void setHeader(String name, String value) {
        if (!announced(name, value)) {
            super.setHeader(name, value);
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (!announced(name, value)) {
            super.addHeader(name, value);
        }
    }

    /** Whether it is a length that the container is not to know yet. */
    private boolean announced(String name, @Nullable String value) {
        if (!"Content-Length".equalsIgnoreCase(name)) {
            return false;
        }
        try {
            contentLength = value == null ? Long.MAX_VALUE : Long.parseLong(value.trim());
            return panel.holds(value == null ? -1 : contentLength);
        } catch (NumberFormatException ofTheContainerToReject) {
            contentLength = 0;
            return false;
        }
    }
}
