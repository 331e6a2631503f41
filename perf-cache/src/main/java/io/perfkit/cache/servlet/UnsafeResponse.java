package io.perfkit.cache.servlet;

import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;

/** Notices that the response to a request which may change something is about to leave. Changes nothing of it. */
final class UnsafeResponse extends HttpServletResponseWrapper {

    private final HttpServletResponse response;
    private final UnsafeExchange exchange;
    private volatile boolean async;
    private @Nullable ServletOutputStream stream;
    private @Nullable PrintWriter writer;

    UnsafeResponse(HttpServletResponse response, UnsafeExchange exchange) {
        super(response);
        this.response = response;
        this.exchange = exchange;
    }

    /** From now on the container may send the response without any further call that could be noticed. */
    void goesAsync() {
        async = true;
    }

    void leaving() {
        exchange.leaving(response, getStatus(), null);
    }

    @Override
    public void setStatus(int status) {
        super.setStatus(status);
        if (async) {
            leaving();
        }
    }

    @Override
    public void flushBuffer() throws IOException {
        leaving();
        super.flushBuffer();
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        exchange.leaving(response, SC_FOUND, location);
        super.sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        exchange.leaving(response, status, location);
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public ServletOutputStream getOutputStream() throws IOException {
        ServletOutputStream present = stream;
        if (present == null) {
            present = new UnsafeStream(this, super.getOutputStream());
            stream = present;
        }
        return present;
    }

    @Override
    public PrintWriter getWriter() throws IOException {
        PrintWriter present = writer;
        if (present == null) {
            present = new UnsafeWriter(this, super.getWriter());
            writer = present;
        }
        return present;
    }

    @Override
    public void reset() {
        super.reset();
        stream = null;
        writer = null;
    }
}
