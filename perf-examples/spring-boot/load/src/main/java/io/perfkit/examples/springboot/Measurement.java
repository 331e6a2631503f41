package io.perfkit.examples.springboot;

import io.perfkit.monitoring.load.LoadTest;
import io.perfkit.monitoring.load.ScenarioResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts the same load on both sides, one endpoint at a time, in turns: before, after, after, before. What else the machine
 * does meanwhile slows down both alike.
 */
final class Measurement {

    private static final Duration CUT = Duration.ofSeconds(30);

    private final ClinicData data;
    private final Bases bases;
    private final Duration warmUp;
    private final Duration turn;
    private final int turns;
    private final Progress progress;

    /** @param turns how many each side has */
    Measurement(ClinicData data, Bases bases, Duration warmUp, Duration turn, int turns, Progress progress) {
        this.data = data;
        this.bases = bases;
        this.warmUp = warmUp;
        this.turn = turn;
        this.turns = turns;
        this.progress = progress;
    }

    List<Row> run(List<Endpoint> endpoints, List<Integer> loads) throws SQLException {
        List<Row> rows = new ArrayList<>();
        int most = loads.get(loads.size() - 1);
        for (Endpoint endpoint : endpoints) {
            for (int users : loads) {
                rows.add(measure(endpoint, users, users == most ? endpoint.factor() : 1));
            }
        }
        return rows;
    }

    private Row measure(Endpoint endpoint, int users, double promised) throws SQLException {
        for (Side side : Side.values()) {
            test(side, endpoint).users(Math.min(users, 20)).duration(warmUp).run();
            awaitIdle(side);
        }
        Map<Side, List<Figures>> figures = new EnumMap<>(Side.class);
        for (int i = 0; i < turns; i++) {
            for (Side side : i % 2 == 0 ? List.of(Side.BEFORE, Side.AFTER) : List.of(Side.AFTER, Side.BEFORE)) {
                figures.computeIfAbsent(side, each -> new ArrayList<>()).add(turn(side, endpoint, users));
            }
        }
        Row row = new Row(
                endpoint.name(),
                users,
                promised,
                Figures.together(Objects.requireNonNull(figures.get(Side.BEFORE))),
                Figures.together(Objects.requireNonNull(figures.get(Side.AFTER))));
        progress.say(
                "%-16s %3d users   %9s and %9s answers/s   p95 %9s and %9s   %d and %d errors",
                row.endpoint(),
                users,
                Table.rate(row.before().answersPerSecond()),
                Table.rate(row.after().answersPerSecond()),
                Table.time(row.before().p95()),
                Table.time(row.after().p95()),
                row.before().errors(),
                row.after().errors());
        return row;
    }

    private Figures turn(Side side, Endpoint endpoint, int users) throws SQLException {
        long statements = data.statements(side);
        ScenarioResult result =
                test(side, endpoint).users(users).duration(turn).run().scenario(endpoint.name());
        awaitIdle(side);
        return Figures.of(result, data.statements(side) - statements);
    }

    private LoadTest test(Side side, Endpoint endpoint) {
        return LoadTest.of(bases.of(side))
                .requests(endpoint.name(), endpoint.requests(side))
                .timeout(CUT);
    }

    /** What a client has given up the server goes on with, and that would count against the next endpoint. */
    private void awaitIdle(Side side) throws SQLException {
        // The connection that asks is to another database.
        for (int quiet = 0, asked = 0; quiet < 2 && asked < 600; asked++) {
            quiet = data.busy(side) == 0 ? quiet + 1 : 0;
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }
}
