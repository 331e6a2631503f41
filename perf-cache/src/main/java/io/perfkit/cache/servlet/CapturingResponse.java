package io.perfkit.cache.servlet;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.servlet.http.HttpServletResponseWrapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.time.Instant;
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
 * <p>Headers are set on the container's response at once, for it knows best how they depend on each other, and are read
 * back from there in the end: those only that were set through this wrapper, not those of filters around it, which will
 * set theirs again. For the body see {@link CapturedBody}.
 */
final class CapturingResponse extends HttpServletResponseWrapper {

    private final StorableResponses rules;
    private final Set<String> dropped;
    private final Turn turn;
    private final CapturedBody body;
    private final Set<String> names = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);

    private final Instant begun;

    private boolean async;
    private @Nullable CapturingStream stream;
    private @Nullable CapturingWriter encoder;
    private @Nullable PrintWriter writer;

    /**
     * @param dropped headers that are not kept, in lower case
     * @param turn told what becomes of the response
     */
    CapturingResponse(
            HttpServletResponse response, StorableResponses rules, Set<String> dropped, Turn turn, CapturedBody body) {
        super(response);
        this.rules = rules;
        this.dropped = dropped;
        this.turn = turn;
        this.body = body;
        this.begun = rules.now();
    }

    // What becomes of it ---------------------------------------------------------------------------------------------

    CapturedBody body() {
        return body;
    }

    /** Whether the application finishes it after the filter has returned. */
    boolean isAsync() {
        return async;
    }

    private static boolean isAccident(int status) {
        return status >= 500;
    }

    /** The application threw: what was held back is not sent, so that the container can answer in its stead. */
    void abort(Throwable failure) {
        turn.fail(failure);
        body.breakOff();
        body.discard();
    }

    /** The application has finished. Tells who waits; what was held back is still to be sent. */
    @Nullable
    CachedResponse finish() throws IOException {
        drain();
        CachedResponse result = body.isWhole() ? result(body.bytes()) : null;
        if (result == null) {
            end(getStatus());
            body.sendUnsent();
        }
        return result;
    }

    private void end(int status) {
        if (isAccident(status)) {
            body.breakOff();
        } else {
            body.refuse();
        }
    }

    private @Nullable CachedResponse result(byte[] bytes) {
        Map<String, List<String>> headers = headers();
        Duration ttl = rules.ttl(getStatus(), headers, begun);
        Instant now = rules.now();
        Instant produced = now.minus(rules.initialAge(headers, begun, now));
        StorableHeaders.retain(headers, dropped);
        if (ttl == null || !CachedResponse.canKeep(headers)) {
            return null;
        }
        CachedResponse result = new CachedResponse(getStatus(), produced.toEpochMilli(), headers, bytes);
        if (result.header("ETag") == null && (getStatus() == 200 || getStatus() == 203)) {
            result = result.withHeader("ETag", EntityTags.of(bytes));
        }
        turn.keep(result, ttl);
        return result;
    }

    private boolean isFit() {
        return rules.ttl(getStatus(), headers(), begun) != null;
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

    private void drain() throws IOException {
        CapturingWriter present = encoder;
        if (present != null && !body.isClosed()) {
            present.drain();
        }
    }

    @Override
    public void flushBuffer() throws IOException {
        drain();
        body.copy(this::isFit);
        body.flush();
    }

    @Override
    public ServletOutputStream getOutputStream() {
        if (writer != null) {
            throw new IllegalStateException("getWriter() has been called for this response");
        }
        CapturingStream present = stream;
        if (present == null) {
            present = new CapturingStream(this, body);
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
            CapturingWriter into = new CapturingWriter(this, body, Charset.forName(getCharacterEncoding()));
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
        body.restart();
        stream = null;
        writer = null;
        encoder = null;
    }

    // Asynchronous processing ----------------------------------------------------------------------------------------

    /** An application that takes the container's own response around this wrapper writes what is not seen here. */
    void beforeAsync(ServletResponse given) {
        async = true;
        if (given != this && !(given instanceof ServletResponseWrapper wrapper && wrapper.isWrapperFor(this))) {
            body.refuse();
        }
        try {
            drain();
            body.copy(this::isFit);
        } catch (IOException e) {
            body.breakOff();
        }
    }

    void duringAsync(AsyncContext context) {
        context.addListener(new AsyncEnd(this));
    }

    // Ends that are the container's ----------------------------------------------------------------------------------

    private void replaced(int status) {
        body.discard();
        end(status);
    }

    @Override
    public void sendError(int status, String message) throws IOException {
        replaced(status);
        super.sendError(status, message);
    }

    @Override
    public void sendError(int status) throws IOException {
        replaced(status);
        super.sendError(status);
    }

    @Override
    public void sendRedirect(String location) throws IOException {
        replaced(SC_FOUND);
        super.sendRedirect(location);
    }

    @Override
    public void sendRedirect(String location, int status, boolean clearBuffer) throws IOException {
        if (clearBuffer) {
            replaced(status);
        } else {
            body.refuse();
            body.sendUnsent();
        }
        super.sendRedirect(location, status, clearBuffer);
    }

    @Override
    public void setTrailerFields(Supplier<Map<String, String>> supplier) {
        body.refuse();
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
                body.refuse(); // the container's to reject
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
            body.refuse();
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
        body.announce(length);
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
