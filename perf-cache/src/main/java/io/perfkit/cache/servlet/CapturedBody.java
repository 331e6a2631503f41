package io.perfkit.cache.servlet;

import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.function.BooleanSupplier;

/**
 * The body of a response that is being produced.
 *
 * <p>It is in one of three states. <em>Held back</em>: nothing has been sent; so the first client too can be given an
 * entity tag, or a 304, and a request that waits for the response waits for the application and not for that client's line.
 * <em>Copying</em>: the application has flushed, or gone asynchronous; what it writes is sent at once and kept as well.
 * <em>Passing</em>: the response will not be kept. It is the application's to send as it likes, and nobody waits for it
 * any more. A response never leaves this last state, which is entered at the first sign: a body above the bound, a
 * cookie, a session, an error, a client that is gone. What is kept is therefore what an application wrote completely and
 * what could have been sent completely.
 */
final class CapturedBody {

    private enum State {
        HELD_BACK,
        COPYING,
        PASSING
    }

    private final HttpServletResponse response;
    private final int largest;
    private final Turn turn;
    private final Runnable notForOthers;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private State state = State.HELD_BACK;
    private boolean unsent = true;
    private boolean closed;
    private long announced = -1;

    /**
     * @param response where the body goes
     * @param largest the largest body that is kept, in bytes
     * @param turn told what becomes of the response
     * @param notForOthers told if the response will not be kept for a reason that the next one will probably have too
     */
    CapturedBody(HttpServletResponse response, int largest, Turn turn, Runnable notForOthers) {
        this.response = response;
        this.largest = largest;
        this.turn = turn;
        this.notForOthers = notForOthers;
    }

    boolean isHeldBack() {
        return state == State.HELD_BACK;
    }

    boolean isClosed() {
        return closed;
    }

    /** Whether the response may still be kept: as long as it was announced, if it was. */
    boolean isWhole() {
        return state != State.PASSING && (announced < 0 || announced == bytes.size());
    }

    byte[] bytes() {
        return bytes.toByteArray();
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

    /** What was held back is not sent: something else takes its place. */
    void discard() {
        bytes.reset();
        unsent = false;
    }

    void restart() {
        bytes.reset();
        announced = -1;
        closed = false;
    }

    /** The length is kept from the container while there may be another one. */
    void announce(long length) {
        announced = length;
        if (length > largest) {
            refuse();
        }
        if (!unsent) {
            response.setContentLengthLong(length);
        }
    }

    void write(byte[] source, int offset, int length) throws IOException {
        if (closed) {
            throw new IOException("The response is closed");
        }
        if (state != State.PASSING && length > largest - bytes.size()) {
            refuse();
        }
        if (state == State.HELD_BACK) {
            bytes.write(source, offset, length);
            return;
        }
        sendUnsent();
        send(() -> response.getOutputStream().write(source, offset, length));
        if (state == State.COPYING) {
            bytes.write(source, offset, length);
        }
    }

    /** From now on what is written is sent; so the response must be fit to be kept as far as it is known. */
    void copy(BooleanSupplier fit) throws IOException {
        if (state == State.HELD_BACK) {
            state = State.COPYING;
            if (!fit.getAsBoolean()) {
                refuse();
            }
        }
        sendUnsent();
    }

    void sendUnsent() throws IOException {
        if (!unsent) {
            return;
        }
        unsent = false;
        if (announced >= 0) {
            response.setContentLengthLong(announced);
        }
        if (bytes.size() > 0) {
            byte[] held = bytes.toByteArray();
            send(() -> response.getOutputStream().write(held));
        }
    }

    void flush() throws IOException {
        send(() -> {
            response.getOutputStream().flush();
            response.flushBuffer();
        });
    }

    void close() throws IOException {
        if (!closed) {
            closed = true;
            if (state != State.HELD_BACK) {
                sendUnsent();
                send(() -> response.getOutputStream().close());
            }
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

    boolean isReady() {
        try {
            return state == State.HELD_BACK || response.getOutputStream().isReady();
        } catch (IOException e) {
            breakOff();
            return true;
        }
    }

    void setWriteListener(WriteListener listener) {
        try {
            response.getOutputStream().setWriteListener(new WriteListener() {
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
}
