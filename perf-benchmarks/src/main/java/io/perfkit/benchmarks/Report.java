package io.perfkit.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The rows that the command prints, computed from what was measured. {@link Verdict} says what each means. */
final class Report {

    static final String HEADER = "name\tours\tpeer\tpeer_value\tunit\tratio\tlow\thigh\tgoal\tverdict";

    private Report() {}

    /** One row, its numbers as text. */
    record Row(
            String name,
            String ours,
            String peer,
            String peerValue,
            String unit,
            String ratio,
            String low,
            String high,
            String goal,
            Verdict verdict) {

        String tabSeparated() {
            return String.join("\t", fields());
        }

        List<String> fields() {
            return List.of(name, ours, peer, peerValue, unit, ratio, low, high, goal, verdict.text());
        }
    }

    /**
     * One row for each bound of the areas, in the order of the bounds.
     *
     * @param bounds the rows to fill
     * @param judged whether there is a verdict: a quick run has none
     */
    static List<Row> rows(List<Bounds.Row> bounds, Measurements measurements, boolean judged) {
        List<Row> rows = new ArrayList<>();
        for (Bounds.Row bound : bounds) {
            boolean measured = measurements.has(bound.name(), Side.OURS)
                    && (bound.absolute() || measurements.has(bound.name(), bound.peer()));
            rows.add(
                    !measured
                            ? absent(bound)
                            : bound.absolute()
                                    ? absolute(bound, measurements, judged)
                                    : compared(bound, measurements, judged));
        }
        return rows;
    }

    private static Row absent(Bounds.Row bound) {
        String nothing = Bounds.NOTHING;
        return new Row(
                bound.name(),
                nothing,
                bound.peer(),
                nothing,
                nothing,
                nothing,
                nothing,
                nothing,
                goal(bound.bound()),
                Verdict.ABSENT);
    }

    private static Row absolute(Bounds.Row bound, Measurements measurements, boolean judged) {
        Measurements.Series ours = measurements.counted(bound.name(), Side.OURS);
        Ratio value = Ratio.of(ours.samples());
        return new Row(
                bound.name(),
                number(value.value()),
                Bounds.NOTHING,
                Bounds.NOTHING,
                ours.shortUnit(),
                Bounds.NOTHING,
                number(value.low()),
                number(value.high()),
                goal(bound.bound()),
                judged
                        ? Verdict.of(value, bound.bound(), measurements.settled(bound.name(), Side.OURS))
                        : Verdict.NONE);
    }

    private static Row compared(Bounds.Row bound, Measurements measurements, boolean judged) {
        Measurements.Series ours = measurements.counted(bound.name(), Side.OURS);
        Measurements.Series peer = measurements.counted(bound.name(), bound.peer());
        Ratio ratio = ours.moreIsBetter()
                ? Ratio.of(peer.samples(), ours.samples())
                : Ratio.of(ours.samples(), peer.samples());
        boolean settled =
                measurements.settled(bound.name(), Side.OURS) && measurements.settled(bound.name(), bound.peer());
        return new Row(
                bound.name(),
                number(Ratio.median(ours.samples())),
                bound.peer(),
                number(Ratio.median(peer.samples())),
                ours.shortUnit(),
                ratio(ratio.value()),
                ratio(ratio.low()),
                ratio(ratio.high()),
                goal(bound.bound()),
                judged ? Verdict.of(ratio, bound.bound(), settled) : Verdict.NONE);
    }

    /** A measured value: whole from 100 on, three significant digits below. */
    static String number(double value) {
        if (Math.abs(value) >= 100 || value == 0) {
            return String.format(Locale.ROOT, "%.0f", value);
        }
        return new BigDecimal(value).round(new MathContext(3)).toPlainString();
    }

    /** A ratio: two decimals, or two significant digits where it is small. */
    static String ratio(double value) {
        if (Math.abs(value) >= 0.1 || value == 0 || !Double.isFinite(value)) {
            return String.format(Locale.ROOT, "%.2f", value);
        }
        return new BigDecimal(value).round(new MathContext(2)).toPlainString();
    }

    private static String goal(@Nullable BigDecimal bound) {
        if (bound == null) {
            return Bounds.NOTHING;
        }
        boolean ratio = bound.scale() > 0;
        return "<=" + (ratio ? bound.setScale(Math.max(2, bound.scale())) : bound).toPlainString();
    }
}
