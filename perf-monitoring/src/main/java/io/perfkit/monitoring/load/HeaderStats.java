package io.perfkit.monitoring.load;

/**
 * The values of a numeric response header.
 *
 * @param count the responses that had it as a number
 * @param mean the mean, 0 where there was none
 * @param max the greatest, 0 where there was none
 */
public record HeaderStats(long count, double mean, double max) {}
