package io.perfkit.benchmarks.monitoring;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.QueryRecorder;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A select of about 1 kB of an entity with a join, as an object-relational mapper writes it, and comments of 1 kB. */
@State(Scope.Thread)
public class Texts {

    private static final int COMMENTS = 1_024;

    final QueryRecorder recorder =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build().queryRecorder();

    final String sql = select(42);

    /** More than are remembered, in number and in characters, so that each has been forgotten when it comes again. */
    private final String[] once =
            IntStream.range(0, 16_384).mapToObj(Texts::select).toArray(String[]::new);

    private final String[] traced = IntStream.range(0, COMMENTS)
            .mapToObj(i -> sql + " /*traceparent='00-" + i + "-" + "0af7651916cd43dd".repeat(61) + "-01'*/")
            .toArray(String[]::new);

    private int next;

    static String select(int id) {
        StringBuilder columns = new StringBuilder();
        for (int i = 0; i < 40; i++) {
            columns.append("c1_0.some_column_").append(i).append(',');
        }
        return "select " + columns + "a1_0.id,a1_0.street from customer c1_0 left join address a1_0"
                + " on a1_0.id=c1_0.address_id where c1_0.id=" + id + " and c1_0.deleted_at is null";
    }

    String nextUnseen() {
        next = (next + 1) & (once.length - 1);
        return once[next];
    }

    String nextTraced() {
        next = (next + 1) & (COMMENTS - 1);
        return traced[next];
    }
}
