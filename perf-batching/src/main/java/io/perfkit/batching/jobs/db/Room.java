package io.perfkit.batching.jobs.db;

/** What the parts of one queue share. */
record Room(
        String queue,
        String worker,
        Connections connections,
        JobRows rows,
        Json json,
        DatabaseClock clock,
        Ends ends) {}
