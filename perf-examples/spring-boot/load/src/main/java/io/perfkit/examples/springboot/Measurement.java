package io.perfkit.examples.springboot;

import io.perfkit.monitoring.load.LoadTest;
import io.perfkit.monitoring.load.ScenarioResult;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;

/** Puts the same load on both sides, one endpoint at a time. */
final class Measurement {

    private static final Duration CUT = Duration.ofSeconds(30);

    private final ClinicData data;
    private final Bases bases;
    private final Duration warmUp;
    private final Duration duration;
    private final Progress progress;

    Measurement(ClinicData data, Bases bases, Duration warmUp, Duration duration, Progress progress) {
        this.data = data;
        this.bases = bases;
        this.warmUp = warmUp;
        this.duration = duration;
        this.progress = progress;
    }

    List<Row> run(List<Endpoint> endpoints, List<Integer> loads) throws SQLException {
        Map<String, Figures> figures = new HashMap<>();
        for (Side side : Side.values()) {
            for (int users : loads) {
                progress.say("%s, %d users", side, users);
                for (Endpoint endpoint : endpoints) {
                    figures.put(side + endpoint.name() + users, measure(side, endpoint, users));
                }
            }
        }
        int most = loads.get(loads.size() - 1);
        return endpoints.stream()
                .flatMap(endpoint -> loads.stream()
                        .map(users -> new Row(
                                endpoint.name(),
                                users,
                                users == most ? endpoint.factor() : 1,
                                Objects.requireNonNull(figures.get(Side.BEFORE + endpoint.name() + users)),
                                Objects.requireNonNull(figures.get(Side.AFTER + endpoint.name() + users)))))
                .toList();
    }

    Figures measure(Side side, Endpoint endpoint, int users) throws SQLException {
        test(side, endpoint).users(Math.min(users, 20)).duration(warmUp).run();
        awaitIdle(side);
        long statements = data.statements(side);
        ScenarioResult result =
                test(side, endpoint).users(users).duration(duration).run().scenario(endpoint.name());
        awaitIdle(side);
        Figures measured = Figures.of(result, data.statements(side) - statements);
        progress.say(
                "  %-16s %9s answers/s   p95 %9s   %d errors",
                endpoint.name(),
                Table.rate(measured.answersPerSecond()),
                Table.time(measured.p95()),
                measured.errors());
        return measured;
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
