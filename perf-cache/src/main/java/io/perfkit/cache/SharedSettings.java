package io.perfkit.cache;

/**
 * What a region's policy and cache say about sharing.
 *
 * @param maxStaleness for how many nanoseconds local entries are served without confirmation
 * @param maximumPending so many invalidations wait for their acknowledgement
 * @param schemaVersion entries of another one are misses
 * @param compressAbove values of more bytes are compressed
 * @param compression how
 */
record SharedSettings(
        long maxStaleness, int maximumPending, int schemaVersion, int compressAbove, Compression compression) {}
