package io.perfkit.monitoring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Judges what a scope executed and called. */
final class Findings {
    /** So many executions from one place are a loop. */
    static final int LOOP = 10;

    private static final int SAMPLES = 3;
    static final int MANY_ROWS = 2_000;
    private static final int ROWS_OF_A_PIECE = 5;
    private static final int TIMES_THE_SAME = 5;
    private static final Pattern TABLE = Pattern.compile("\\b(?:from|into|update|join)\\s+([\\w.\"`\\[\\]]+)");

    private Findings() {}

    static List<Finding> of(QueryTally.View view, String scope, int loop) {
        List<Finding> found = new ArrayList<>(1);
        SqlText.Shape shape = view.query().text().shape();
        if (shape == SqlText.Shape.SELECT && view.mostRows() >= MANY_ROWS) {
            found.add(finding(
                    Finding.Kind.UNBOUNDED_SELECT,
                    scope,
                    view,
                    view.mostRows(),
                    view.notable(),
                    "set a limit, read page by page, or set a fetch size and handle each row as it comes"));
        }
        if (shape == SqlText.Shape.COUNT_OF_A_TABLE) {
            found.add(finding(
                    Finding.Kind.COUNT_OF_A_TABLE,
                    scope,
                    view,
                    view.count(),
                    view.notable(),
                    "leave the total away, estimate it, or count up to a bound"));
        }
        if (view.count() >= loop) {
            loops(view, scope, loop, found);
        }
        return found;
    }

    private static void loops(QueryTally.View view, String scope, int least, List<Finding> found) {
        SqlText.Shape shape = view.query().text().shape();
        if (shape == SqlText.Shape.OTHER) {
            return;
        }
        boolean piecewise = shape == SqlText.Shape.SELECT_OF_A_PIECE && view.rows() >= view.count() * ROWS_OF_A_PIECE;
        boolean batched = shape == SqlText.Shape.WRITE && view.batches() * 2 >= view.count();
        if (piecewise || batched) {
            return;
        }
        for (QueryTally.Loop loop : view.loops()) {
            if (loop.samples() >= SAMPLES && loop.estimate() >= least) {
                found.add(loop(view, loop, scope));
            }
        }
    }

    private static Finding loop(QueryTally.View view, QueryTally.Loop loop, String scope) {
        boolean alone = view.loops().size() == 1;
        long distinct = alone ? view.distinct() : Math.max(1, loop.sampledParameters());
        long count = alone ? view.count() : loop.estimate();
        Finding.Kind kind = kind(view, distinct, alone ? view.count() : loop.samples());
        String fix = switch (kind) {
            case SEQUENCE_ROUND_TRIPS ->
                "let the sequence give numbers in blocks: increment by 50, allocationSize = 50";
            case UNBATCHED_WRITES -> "write in batches: addBatch and executeBatch, or hibernate.jdbc.batch_size";
            case IDENTICAL_QUERY -> "ask once and keep the answer for the request, or cache it";
            case REPEATED_CALL ->
                distinct == 1
                        ? "call once and keep the answer for the request, or cache it"
                        : "ask for all at once where the service can, or batch, cache, or call in parallel";
            default -> "load all at once: a join fetch, an entity graph, or one query with in (…) for all keys";
        };
        return new Finding(
                kind,
                scope,
                view.query().fingerprint(),
                count,
                distinct,
                Duration.ofNanos(view.nanos()),
                loop.chain(),
                scope.startsWith("job.") ? fix + " (in a job, for each of its pieces)" : fix);
    }

    private static Finding.Kind kind(QueryTally.View view, long distinct, long of) {
        return switch (view.query().text().shape()) {
            case SEQUENCE -> Finding.Kind.SEQUENCE_ROUND_TRIPS;
            case WRITE -> Finding.Kind.UNBATCHED_WRITES;
            case CALL -> Finding.Kind.REPEATED_CALL;
            default ->
                (distinct * TIMES_THE_SAME <= of && distinct < QueryTally.MOST_PARAMETERS) || distinct == 1
                        ? Finding.Kind.IDENTICAL_QUERY
                        : Finding.Kind.N_PLUS_ONE;
        };
    }

    private static Finding finding(
            Finding.Kind kind, String scope, QueryTally.View view, long count, List<String> chain, String fix) {
        return new Finding(
                kind,
                scope,
                view.query().fingerprint(),
                count,
                view.distinct(),
                Duration.ofNanos(view.nanos()),
                chain,
                fix);
    }

    /** The first table that a fingerprint names. */
    static String table(String fingerprint) {
        Matcher matcher = TABLE.matcher(fingerprint);
        return matcher.find() ? "table " + matcher.group(1) : fingerprint;
    }
}
