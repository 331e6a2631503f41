package io.perfkit.monitoring.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.charset.Charset;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether one response gets the panel, which comes after the last byte of its body: a browser puts what follows the end of
 * the document into it, and a page that is streamed stays streamed.
 *
 * <p>Decided when the body begins, since only then the headers are as the application wants them. Until then the length it
 * announced is held back, as it will not be true with the panel. Only whole pages in plain bytes get one: no download, no
 * part, nothing compressed by whoever is between us and the application, and no fragment that a script asked for.
 *
 * <p>Thread-safe, since an asynchronous response changes threads. {@link #NONE}, shared by all that have no panel, is never
 * locked.
 */
final class PanelBody {
    /** For responses that never get one. */
    static final PanelBody NONE = new PanelBody(() -> "", State.OVER);

    private static final long NO_LENGTH = -1;

    private enum State {
        UNDECIDED,
        WANTED,
        OVER
    }

    private final Supplier<String> html;
    private volatile State state;
    private long heldLength = NO_LENGTH;

    private PanelBody(Supplier<String> html, State state) {
        this.html = html;
        this.state = state;
    }

    /** One for a request, or none where a script asks, which would get the panel into a part of a page. */
    static PanelBody of(HttpServletRequest request, Supplier<String> html) {
        String destination = request.getHeader("Sec-Fetch-Dest");
        boolean page = (destination == null || destination.equals("document"))
                && !request.getMethod().equals("HEAD")
                && request.getHeader("HX-Request") == null
                && request.getHeader("Turbo-Frame") == null
                && !"XMLHttpRequest".equals(request.getHeader("X-Requested-With"));
        return page ? new PanelBody(html, State.UNDECIDED) : NONE;
    }

    /** Whether to keep a length from the container for now. */
    boolean holds(long length) {
        return state != State.OVER && held(length);
    }

    private synchronized boolean held(long length) {
        boolean holding = state == State.UNDECIDED;
        if (holding) {
            heldLength = length;
        }
        return holding || state == State.WANTED;
    }

    /** The body begins or the response is about to be sent: decides, and gives the container the length if it is true. */
    void begin(HttpServletResponse response) {
        if (state == State.UNDECIDED) {
            decide(response);
        }
    }

    private synchronized void decide(HttpServletResponse response) {
        if (state == State.UNDECIDED) {
            if (isPage(response)) {
                state = State.WANTED;
            } else {
                giveUp(response);
            }
        }
    }

    /** The application starts its response anew. */
    void reset() {
        if (this != NONE) {
            restart();
        }
    }

    private synchronized void restart() {
        state = State.UNDECIDED;
        heldLength = NO_LENGTH;
    }

    /** The application leaves the body to the container, or writes it when the container asks. */
    void giveUp(HttpServletResponse response) {
        if (state != State.OVER) {
            release(response);
        }
    }

    /** The body ends: what is to follow it, or nothing. */
    String end(HttpServletResponse response) {
        return state == State.OVER ? "" : ended(response);
    }

    private synchronized String ended(HttpServletResponse response) {
        if (state == State.WANTED) {
            state = State.OVER;
            return html.get();
        }
        giveUp(response);
        return "";
    }

    private synchronized void release(HttpServletResponse response) {
        if (state == State.UNDECIDED && heldLength >= 0) {
            response.setContentLengthLong(heldLength);
        }
        heldLength = NO_LENGTH;
        state = State.OVER;
    }

    private static boolean isPage(HttpServletResponse response) {
        int status = response.getStatus();
        return isHtml(response.getContentType())
                && status != HttpServletResponse.SC_PARTIAL_CONTENT
                && status != HttpServletResponse.SC_NO_CONTENT
                && status != HttpServletResponse.SC_NOT_MODIFIED
                && response.getHeader("Content-Encoding") == null
                && !isAttachment(response.getHeader("Content-Disposition"))
                && hasAsciiBytes(response.getCharacterEncoding());
    }

    private static boolean isHtml(@Nullable String type) {
        return type != null
                && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("text/html");
    }

    private static boolean isAttachment(@Nullable String disposition) {
        return disposition != null
                && disposition.strip().toLowerCase(Locale.ROOT).startsWith("attachment");
    }

    /** Not so with UTF-16. */
    private static boolean hasAsciiBytes(@Nullable String charset) {
        try {
            return charset == null || "<a>".getBytes(Charset.forName(charset)).length == 3;
        } catch (IllegalArgumentException unknown) {
            return false;
        }
    }
}
