package io.perfkit.monitoring;

import java.time.Duration;
import java.util.List;

/**
 * Something that a request or job asked of a database, or of another service, more often or for more than needed.
 *
 * @param kind what it is
 * @param scope the name of the request or job
 * @param subject the fingerprint of the query, or the name of the call
 * @param count how often it was executed from there, or for {@link Kind#UNBOUNDED_SELECT} how many rows came at most
 * @param distinctParameters with how many different parameters; of those beyond a thousand nothing is known
 * @param totalTime the time of all its executions in the scope
 * @param chain up to three lines of the application, the innermost first; empty where there is none, as when a serializer
 *     loads lazily
 * @param fix what to do about it
 */
public record Finding(
        Kind kind,
        String scope,
        String subject,
        long count,
        long distinctParameters,
        Duration totalTime,
        List<String> chain,
        String fix) {

    /** Copies the list. */
    public Finding {
        chain = List.copyOf(chain);
    }

    /** What there is to find. */
    public enum Kind {
        /** A query for each row of another: a lazy association read in a loop, or a look-up in one. */
        N_PLUS_ONE,
        /** The same query with the same parameters, again and again. */
        IDENTICAL_QUERY,
        /** A round trip for each number of a sequence. */
        SEQUENCE_ROUND_TRIPS,
        /** Rows written one by one. */
        UNBATCHED_WRITES,
        /** Thousands of rows of a query that sets no limit. */
        UNBOUNDED_SELECT,
        /** All rows of a table counted. */
        COUNT_OF_A_TABLE,
        /** The same call of another service, again and again. */
        REPEATED_CALL
    }

    /**
     * The line to look at, or where there is none the table and the scope.
     *
     * @return a place, for people
     */
    public String where() {
        return chain.isEmpty()
                ? (kind == Kind.REPEATED_CALL ? subject : Findings.table(subject)) + " in "
                        + (scope.isEmpty() ? "no scope" : scope)
                : chain.get(0);
    }

    @Override
    public String toString() {
        return kind + " in " + scope + ": " + count + " x " + subject + " (" + distinctParameters
                + " distinct parameters, " + totalTime.toMillis() + " ms) at "
                + (chain.isEmpty() ? where() : String.join(" < ", chain)) + "; " + fix;
    }
}
