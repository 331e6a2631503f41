package io.perfkit.cache.internal;

/** What several packages have to agree on. */
public final class Limits {

    /** Of a pattern, in characters. */
    public static final int MAXIMUM_PATTERN_LENGTH = 1_024;

    /** Of a tag, in characters. */
    public static final int MAXIMUM_TAG_LENGTH = 200;

    private Limits() {}
}
