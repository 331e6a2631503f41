package io.perfkit.batching;

/**
 * What a {@link Batcher} does about a key for which the loader returned no value. For a value made up by the
 * application, give {@link Batcher.Builder#whenMissing(java.util.function.Function)} a fallback instead.
 */
public enum Missing {
    /** The call fails with a {@link MissingValueException} that names the key. The default. */
    FAIL,
    /** The call ends with {@code null}; the map of a bulk call does not contain the key. */
    NULL
}
