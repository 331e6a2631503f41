package io.perfkit.pagination;

import java.util.Objects;
import java.util.OptionalLong;

/**
 * How many rows a query has over all its pages, and how far that is to be trusted. Immutable; a record of two plain
 * values, so it can be cached.
 *
 * @param kind what the number means
 * @param value the number; 0 where nothing was counted
 */
public record Total(Kind kind, long value) {

    /** What the number of a {@link Total} means. */
    public enum Kind {
        /** Nobody counted. */
        NONE,
        /** The number of rows when they were counted. */
        EXACT,
        /** More rows than that; counting stopped there. */
        MORE_THAN,
        /** What the database's planner expects from its statistics; it may be far off. */
        ESTIMATE
    }

    /**
     * A total.
     *
     * @throws IllegalArgumentException if the value is negative, or not 0 where nothing was counted
     */
    public Total {
        Objects.requireNonNull(kind, "kind");
        if (value < 0) {
            throw new IllegalArgumentException("a total must be at least 0, but was " + value);
        }
        if (kind == Kind.NONE && value != 0) {
            throw new IllegalArgumentException("a total of which nothing is known must be 0, but was " + value);
        }
    }

    /**
     * Nothing is known.
     *
     * @return the total
     */
    public static Total none() {
        return new Total(Kind.NONE, 0);
    }

    /**
     * Exactly this many.
     *
     * @param rows at least 0
     * @return the total
     */
    public static Total exactly(long rows) {
        return new Total(Kind.EXACT, rows);
    }

    /**
     * More than this many.
     *
     * @param rows at least 0
     * @return the total
     */
    public static Total moreThan(long rows) {
        return new Total(Kind.MORE_THAN, rows);
    }

    /**
     * About this many.
     *
     * @param rows at least 0
     * @return the total
     */
    public static Total about(long rows) {
        return new Total(Kind.ESTIMATE, rows);
    }

    /**
     * The number, if it is exact.
     *
     * @return empty for every other kind
     */
    public OptionalLong exact() {
        return kind == Kind.EXACT ? OptionalLong.of(value) : OptionalLong.empty();
    }

    /**
     * The total for people to read.
     *
     * @return {@code 1234}, {@code more than 1234}, {@code about 1234} or {@code unknown}
     */
    @Override
    public String toString() {
        return switch (kind) {
            case NONE -> "unknown";
            case EXACT -> String.valueOf(value);
            case MORE_THAN -> "more than " + value;
            case ESTIMATE -> "about " + value;
        };
    }
}
