package io.perfkit.monitoring.load;

/** What a scenario calls. It blocks until it is answered, and gives up when its thread is interrupted. */
interface Target {
    Reply call(long nth) throws Exception;
}
