package io.perfkit.batching.jobs;

/**
 * What closing a queue came to.
 *
 * @param finished attempts that were running and ended by themselves
 * @param handedBack attempts that were interrupted and whose jobs wait to be run again; with a queue in memory they are
 *     cancelled
 * @param dropped jobs that waited and are lost; zero with a queue that outlives the process
 */
public record JobsCloseReport(int finished, int handedBack, int dropped) {}
