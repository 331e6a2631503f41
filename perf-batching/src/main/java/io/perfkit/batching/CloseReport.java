package io.perfkit.batching;

/**
 * What {@link Batcher#close(java.time.Duration)} achieved.
 *
 * @param ended the calls that were under way when the close began and have ended since, with a value or a failure of
 *     their own
 * @param unfinished the calls that had not ended when it returned. They have failed with a {@link BatchingException},
 *     save those whose caller runs the loader in its own thread: nothing can end such a call from outside. Where the
 *     batcher is closed from inside its own loader or completions, they go on
 */
public record CloseReport(int ended, int unfinished) {}
