package io.perfkit.monitoring;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What one scope executed of one query, or of calls of one name, and from where.
 *
 * <p>The stack is not walked for each execution: of the first few none is, as most queries end there; from
 * {@value #FIRST_SAMPLE} on some are, first each and then one in eight of what there was, and each stands for those since
 * the one before. A place counts as a loop when it was seen several times.
 */
final class QueryTally {
    private static final int FIRST_SAMPLE = 5;
    private static final int EACH_UNTIL = 10;
    private static final int EACH_UNTIL_IN_TESTS = 100;
    private static final int MOST_PLACES = 16;
    static final int MOST_PARAMETERS = 1_000;

    final Query query;
    private final boolean inTest;
    private final Set<Integer> parameters = new HashSet<>(4);
    private final List<Place> places = new ArrayList<>(1);
    private List<String> notable = List.of();
    private long count;
    private long batches;
    private long nanos;
    private long rows;
    private long mostRows;
    private long begun;
    private long sampled;
    private long nextSample = FIRST_SAMPLE;

    QueryTally(Query query, boolean inTest) {
        this.query = query;
        this.inTest = inTest;
    }

    /** Some executions from one place. */
    static final class Place {
        final List<String> chain;
        final Set<Integer> parameters = new HashSet<>(4);
        long samples;
        long estimate;

        Place(List<String> chain) {
            this.chain = chain;
        }
    }

    synchronized void ended(Execution execution, Stacks stacks) {
        count++;
        nanos += execution.executeNanos();
        if (execution.batchSize > 1) {
            batches++;
        }
        if (parameters.size() < MOST_PARAMETERS) {
            parameters.add(execution.parameters);
        }
        if (count == 1 && query.text().shape() == SqlText.Shape.COUNT_OF_A_TABLE) {
            notable = execution.chain(stacks);
        }
        sample(execution, count, stacks);
    }

    /** A call begins here, and may end on a thread of the client's. */
    synchronized void began(Execution call, Stacks stacks) {
        begun++;
        sample(call, begun, stacks);
    }

    synchronized void callEnded(Execution call) {
        count++;
        nanos += call.executeNanos();
        if (parameters.size() < MOST_PARAMETERS) {
            parameters.add(call.parameters);
        }
    }

    private void sample(Execution execution, long number, Stacks stacks) {
        boolean due = inTest ? number <= EACH_UNTIL_IN_TESTS || number >= nextSample : number >= nextSample;
        if (due && (inTest || query.figures().stacks.trySpend(execution.startNanos))) {
            List<String> chain = execution.chain(stacks);
            Place place = place(chain);
            place.samples++;
            place.estimate += number - sampled;
            place.parameters.add(execution.parameters);
            sampled = number;
        }
        if (number >= nextSample) {
            nextSample = number < EACH_UNTIL ? number + 1 : number + Math.max(4, number / 8);
        }
    }

    private Place place(List<String> chain) {
        for (Place each : places) {
            if (each.chain.equals(chain)) {
                return each;
            }
        }
        if (places.size() >= MOST_PLACES) {
            return new Place(chain); // not kept: so many places are no loop
        }
        Place place = new Place(chain);
        places.add(place);
        return place;
    }

    synchronized void fetched(Execution execution, long more, long moreNanos, Stacks stacks) {
        rows += more;
        nanos += moreNanos;
        if (!execution.piecewise && execution.rows() > mostRows) {
            mostRows = execution.rows();
            if (mostRows >= Findings.MANY_ROWS
                    && notable.isEmpty()
                    && query.text().shape() == SqlText.Shape.SELECT) {
                notable = execution.chain(stacks);
            }
        }
    }

    synchronized ScopeQuery snapshot() {
        return new ScopeQuery(
                query.fingerprint(),
                count,
                parameters.size(),
                rows,
                Duration.ofNanos(nanos),
                places.stream().map(place -> place.chain).toList());
    }

    synchronized View view() {
        return new View(
                query,
                count,
                batches,
                parameters.size(),
                rows,
                mostRows,
                nanos,
                notable,
                places.stream()
                        .map(place -> new Loop(place.chain, place.samples, place.estimate, place.parameters.size()))
                        .toList());
    }

    /** What findings are judged by. */
    record View(
            Query query,
            long count,
            long batches,
            long distinct,
            long rows,
            long mostRows,
            long nanos,
            List<String> notable,
            List<Loop> loops) {}

    /** One place of a view. */
    record Loop(List<String> chain, long samples, long estimate, long sampledParameters) {}
}
