package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A response that is being produced for its own client and, if it proves fit, for others.
 *
 * <p>Its body is in one of three states. <em>Held back</em>: nothing has been sent; so the first client too can be given
 * an entity tag, or a 304, and whoever waits for the response waits for the application and not for that client's line.
 * <em>Copying</em>: the application has flushed, or gone asynchronous; what it writes is sent at once and kept as well.
 * <em>Passing</em>: the response will not be kept. It is the application's to send as it likes, and nobody waits for it
 * any more. A response never leaves this last state, which is entered at the first sign: a body above the bound, a
 * cookie, a session, an error, a client that is gone. What is kept is therefore what an application wrote completely and
 * what could have been sent completely.
 *
 * <p>Headers are set on the container's response at once, for it knows best how they depend on each other, and are read
 * back from there in the end: those only that were set through this wrapper, not those of filters around it, which will
 * set theirs again.
 */
final class CapturingResponse extends HttpServletResponseWrapper {

    private enum State {
        HELD_BACK,
        COPYING,
        PASSING
    }

    private final StorableResponses rules;
    private final Set<String> dropped;
    private final int largest;
    private final Turn turn;
    private final Runnable notForOthers;
    private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    private State state = State.HELD_BACK;
    private boolean unsent = true;
    private boolean async;
    private boolean closed;
    private long declaredLength = -1;
    private @Nullable CapturingStream stream;
    private @Nullable CapturingWriter encoder;
    private @Nullable PrintWriter writer;

    /**
     * @param dropped headers that are not kept, in lower case
     * @param largest the largest body that is kept, in bytes
     * @param turn told what becomes of the response
     * @param notForOthers told if the response will not be kept for a reason that the next one will probably have too
     */
    CapturingResponse(
            HttpServletResponse response,
            StorableResponses rules,
            Set<String> dropped,
            int largest,
            Turn turn,
            Runnable notForOthers) {
        super(response);
        this.rules = rules;
        this.dropped = dropped;
        this.largest = largest;
        this.turn = turn;
        this.notForOthers = notForOthers;
    }

    // What becomes of it ---------------------------------------------------------------------------------------------

    /** Whether the body is kept from the client until the application has finished. */
    boolean isHeldBack() {
        return state == State.HELD_BACK;
    }

    /** Whether the application finishes it after the filter has returned. */
    boolean isAsync() {
        return async;
    }

    /** This response will not be kept, and the next one would not be either. */
    void refuse() {
        if (state != State.PASSING) {
            notForOthers.run();
        }
        breakOff();
    }

    /** This response will not be kept; the next one may be. */
    void breakOff() {
        state = State.PASSING;
        turn.refuse();
    }

    private static boolean isAccident(int status) {
        return status >= 500;
    }

    /** The application threw: what was held back is not sent, so that the container can answer in its stead. */
    void abort(Throwable failure) {
        state = State.PASSING;
        unsent = false;
        turn.fail(failure);
    }

    /** The application has finished. Tells who waits; what was held back is still to be sent. */
    @Nullable
    CachedResponse finish() throws IOException {
        drain();
        CachedResponse result = state == State.PASSING ? null : result();
        if (result == null) {
            if (isAccident(getStatus())) {
                breakOff();
            } else {
                refuse();
            }
            sendUnsent();
        }
        return result;
    }

    private @Nullable CachedResponse result() {
        Map<String, List<String>> headers = headers();
        var ttl = rules.ttl(getStatus(), headers);
        StorableHeaders.retain(headers, dropped);
        if (ttl == null
                || (declaredLength >= 0 && declaredLength != body.size())
                || !CachedResponse.canKeep(headers)) {
            return null;
        }
        CachedResponse result =
                new CachedResponse(getStatus(), rules.now().toEpochMilli(), headers, body.toByteArray());
        if (result.header("ETag") == null && (getStatus() == 200 || getStatus() == 203)) {
            result = result.withHeader("ETag", EntityTags.of(result.body()));
        }
        turn.keep(result, ttl);
        return result;
    }

    /** The headers that the application has set, and the cookies that anybody has. */
    private Map<String, List<String>> headers() {
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String name : names) {
            put(headers, name, super.getHeaders(name));
        }
        if (getContentType() != null) {
            headers.put("Content-Type", List.of(getContentType()));
        }
        put(headers, "Set-Cookie", super.getHeaders("Set-Cookie"));
        return headers;
    }

    private static void put(Map<String, List<String>> headers, String name, @Nullable Collection<String> values) {
        if (values != null && !values.isEmpty()) {
            headers.put(name, List.copyOf(values));
        }
    }

    // The body -------------------------------------------------------------------------------------------------------

    void write(byte[] bytes, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("The response is closed");
        }
        if (state != State.PASSING && length > largest - body.size()) {
            refuse();
        }
        if (state == State.HELD_BACK) {
            body.write(bytes, offset, length);
            return;
        }
        sendUnsent();
        send(() -> super.getOutputStream().write(bytes, offset, length));
        if (state == State.COPYING) {
            body.write(bytes, offset, length);
        }
    }

    private interface Sending {
        void run() throws IOException;
    }

    /** A client that cannot be reached makes a body that cannot be trusted: the application may break off unnoticed. */
    private void send(Sending sending) throws IOException {
        try {
            sending.run();
        } catch (IOException | RuntimeException e) {
            breakOff();
            throw e;
        }
    }

    private void sendUnsent() throws IOException {
        if (!unsent) {
            return;
        }
        unsent = false;
        if (declaredLength >= 0) {
            super.setContentLengthLong(declaredLength);
        }
        if (body.size() > 0) {
            byte[] held = body.toByteArray();
            send(() -> super.getOutputStream().write(held));
        }
    }

    /** From now on what is written is sent; so the headers must be fit to be kept as they are. */
    private void copy() throws IOException {
        if (state == State.HELD_BACK) {
            state = State.COPYING;
            if (rules.ttl(getStatus(), headers()) == null) {
                refuse();
            }
        }
        sendUnsent();
    }

    private void drain() throws IOException {
        CapturingWriter present = encoder;
        if (present != null && !closed) {
            present.drain();
        }
    }

    @Override
    public void flushBuffer() throws IOException {
        drain();
        copy();
        send(() -> {
            super.getOutputStream().flush();
            super.flushBuffer();
        });
    }

    void closeBody() throws IOException {
        if (!closed) {
            closed = true;
            if (state != State.HELD_BACK) {
                sendUnsent();
                send(() -> super.getOutputStream().close());
            }
        }
    }

    @Override
    public ServletOutputStream getOutputStream() {
        if (writer != null) {
            throw new IllegalStateException("getWriter() has been called for this response");
        }
        CapturingStream present = stream;
        if (present == null) {
            present = new CapturingStream(this);
            stream = present;
        }
        return present;
    }

    @Override
    public PrintWriter getWriter() {
        if (stream != null) {
            throw new IllegalStateException("getOutputStream() has been called for this response");
        }
        PrintWriter present = writer;
        if (present == null) {
            CapturingWriter into = new CapturingWriter(this, Charset.forName(getCharacterEncoding()));
            present = new PrintWriter(into);
            // The container's own writer would put the charset into the header; it is never asked for.
            super.setCharacterEncoding(getCharacterEncoding());
            encoder = into;
            writer = present;
        }
        return present;
    }

    @Override
    public void reset() {
        super.reset();
        names.clear();
        restart();
    }

    @Override
    public void resetBuffer() {
        super.resetBuffer();
        restart();
    }

    private void restart() {
        body.reset();
        declaredLength = -1;
        closed = false;
        stream = null;
        writer = null;
        encoder = null;
    }

    // Asynchronous processing ----------------------------------------------------------------------------------------

    /** An application that takes the container's own response around this wrapper writes what is not seen here. */
    void beforeAsync(ServletResponse given) {
        async = true;
        if (given != this && !(given instanceof ServletResponseWrapper wrapper && wrapper.isWrapperFor(this))) {
            refuse();
        }
        try {
            drain();
            copy();
        } catch (IOException e) {
            breakOff();
        }
    }

    void duringAsync(AsyncContext context) {
        context.addListener(new AsyncEnd(this));
    }

    boolean isReady() {
        try {
            return state == State.HELD_BACK || super.getOutputStream().isReady();
        } catch (IOException e) {
            breakOff();
            return true;
        }
    }

    void setWriteListener(WriteListener listener) {
        try {
            super.getOutputStream().setWriteListener(new WriteListener() {
                @Override
                public void onWritePossible() throws IOException {
                    listener.onWritePossible();
                }

                @Override
                public void onError(Throwable failure) {
                    breakOff();
                    listener.onError(failure);
                }
            });
        } catch (IOException e) {
            breakOff();
            listener.onError(e);
        }
    }

    // Ends that are the container's ----------------------------------------------------------------------------------

    private void discard(int status) {
        body.reset();
        unsent = false;
        if (isAccident(status)) {
            breakOff();
        } else {
            refuse();
        }
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        discard(status);
        super.sendError(status, message);
    }

    @Override
    public void sendError(int status) throws IOException {
        discard(status);
        super.sendError(status);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        discard(SC_FOUND);
        super.sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        if (clearBuffer) {
            discard(status);
        } else {
            refuse();
            sendUnsent();
        }
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public void setTrailerFields(Supplier<Map<String, String>> supplier) {
        refuse();
        super.setTrailerFields(supplier);
    }

    // Headers --------------------------------------------------------------------------------------------------------

    /** Whether the header is the container's to set; the length is not, while there may be another one. */
    private boolean isNoted(String name, @Nullable String value) {
        if ("Content-Length".equalsIgnoreCase(name)) {
            try {
                setContentLengthLong(value == null ? -1 : Long.parseLong(value.trim()));
                return false;
            } catch (NumberFormatException e) {
                refuse(); // the container's to reject
                return true;
            }
        }
        if (name != null) {
            names.add(name);
        }
        return true;
    }

    private void noted(String name) {
        if ("Set-Cookie".equalsIgnoreCase(name) && !rules.despiteSetCookie()) {
            refuse();
        } else if ("Content-Type".equalsIgnoreCase(name)) {
            keepCharset();
        }
    }

    /** Once there is a writer, its charset stands. */
    private void keepCharset() {
        CapturingWriter present = encoder;
        if (present != null) {
            super.setCharacterEncoding(present.charset());
        }
    }

    @Override
    public void setContentLength(int length) {
        setContentLengthLong(length);
    }

    @Override
    public void setContentLengthLong(long length) {
        declaredLength = length;
        if (state != State.PASSING && length > largest) {
            refuse();
        }
        if (!unsent) {
            super.setContentLengthLong(length);
        }
    }

    @Override
    public void setHeader(String name, String value) {
        if (isNoted(name, value)) {
            super.setHeader(name, value);
            noted(name);
        }
    }

    @Override
    public void addHeader(String name, String value) {
        if (isNoted(name, value)) {
            super.addHeader(name, value);
            noted(name);
        }
    }

    @Override
    public void setIntHeader(String name, int value) {
        setHeader(name, Integer.toString(value));
    }

    @Override
    public void addIntHeader(String name, int value) {
        addHeader(name, Integer.toString(value));
    }

    @Override
    public void setDateHeader(String name, long date) {
        isNoted(name, "");
        super.setDateHeader(name, date);
    }

    @Override
    public void addDateHeader(String name, long date) {
        isNoted(name, "");
        super.addDateHeader(name, date);
    }

    @Override
    public void addCookie(Cookie cookie) {
        super.addCookie(cookie);
        noted("Set-Cookie");
    }

    @Override
    public void setContentType(String type) {
        super.setContentType(type);
        keepCharset();
    }

    @Override
    public void setCharacterEncoding(String charset) {
        if (encoder == null) {
            super.setCharacterEncoding(charset);
        }
    }

    @Override
    public void setLocale(Locale locale) {
        super.setLocale(locale);
        names.add("Content-Language");
        keepCharset();
    }
}
