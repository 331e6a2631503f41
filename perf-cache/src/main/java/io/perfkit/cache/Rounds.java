package io.perfkit.cache;

import java.util.concurrent.CompletableFuture;

/**
 * What a call about many keys sends and does not wait for, in rounds: each is sent when the one before it was answered or late,
 * so that its time limit begins then, and so that other callers' commands go out between them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // the continuation is the end, and handles failure
final class Rounds {

    /** So many keys go out in one round. */
    static final int KEYS_AT_ONCE = 500;

    /** One round. */
    interface Sender {

        /**
         * Sends a part.
         *
         * @return whether the next may be sent
         */
        CompletableFuture<Boolean> send(int from, int to);
    }

    /** What becomes of what was not sent. */
    interface Rest {

        /** Nothing from this index on was sent, or it is not known whether it was. */
        void leave(int from);
    }

    private final int size;
    private final int atOnce;
    private final Sender sender;
    private final Rest rest;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    private Rounds(int size, int atOnce, Sender sender, Rest rest) {
        this.size = size;
        this.atOnce = atOnce;
        this.sender = sender;
        this.rest = rest;
    }

    /**
     * The result completes when nothing more will be sent; it never fails. An {@link Error} in sending is thrown on.
     */
    static CompletableFuture<Void> send(int size, int atOnce, Sender sender, Rest rest) {
        Rounds rounds = new Rounds(size, atOnce, sender, rest);
        rounds.from(0);
        return rounds.done;
    }

    private void from(int from) {
        if (from >= size) {
            done.complete(null);
            return;
        }
        int to = Math.min(size, from + atOnce);
        CompletableFuture<Boolean> round;
        try {
            round = sender.send(from, to);
        } catch (RuntimeException e) {
            round = CompletableFuture.failedFuture(e);
        } catch (Error e) {
            // The thread's affair, but what it was about to send must not be forgotten.
            rest.leave(from);
            done.complete(null);
            throw e;
        }
        round.whenComplete((goOn, failure) -> {
            if (failure == null && goOn) {
                from(to);
            } else {
                rest.leave(failure == null ? to : from);
                done.complete(null);
            }
        });
    }
}
