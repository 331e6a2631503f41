package io.perfkit.batching.jobs.internal;

import java.time.Duration;

/** What both kinds of queues say in the same words. */
public final class Messages {
    private Messages() {}

    /** There is no job with this id in that queue. */
    public static String noJob(Object queue, Object id) {
        return "There is no job " + id + " in " + queue + "; it never was, or its retention has passed";
    }

    /** The key belongs to this job, and does so until so long after its end. */
    public static String keyIsTaken(Object queue, String key, Object holder, Duration keyWindow) {
        return "Key \"" + key + "\" belongs to job " + holder + " of " + queue
                + ", which has another payload; use another key, or wait until keyWindow, " + keyWindow
                + ", has passed after its end";
    }
}
