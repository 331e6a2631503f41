package io.perfkit.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the command prints, computed from what was measured.
 *
 * <p>A row against a peer misses its bound only where the lower end of the ratio's interval is above it, so that noise
 * alone does not fail a row; a row without a peer misses it where our own value is above it.
 */
final class Report {

    static final String HEADER = "name\tours\tpeer\tpeer_value\tunit\tratio\tratio_low\tgoal";

    private Report() {}

    /**
     * One row, its numbers as text.
     *
     * @param missed whether the bound is missed
     */
    record Row(
            String name,
            String ours,
            String peer,
            String peerValue,
            String unit,
            String ratio,
            String ratioLow,
            String goal,
            boolean missed) {

        String tabSeparated() {
            return String.join("\t", fields());
        }

        List<String> fields() {
            return List.of(name, ours, peer, peerValue, unit, ratio, ratioLow, goal);
        }
    }

    /** One row for each bound whose line was measured, in the order of the bounds. */
    static List<Row> rows(List<Bounds.Row> bounds, Measurements measurements) {
        List<Row> rows = new ArrayList<>();
        for (Bounds.Row bound : bounds) {
            if (measurements.has(bound.name(), Side.OURS)) {
                rows.add(bound.absolute() ? absolute(bound, measurements) : compared(bound, measurements));
            }
        }
        return rows;
    }

    private static Row absolute(Bounds.Row bound, Measurements measurements) {
        Measurements.Series ours = measurements.counted(bound.name(), Side.OURS);
        double value = Ratio.mean(ours.samples());
        return new Row(
                bound.name(),
                number(value),
                Bounds.NOTHING,
                Bounds.NOTHING,
                ours.shortUnit(),
                Bounds.NOTHING,
                Bounds.NOTHING,
                goal(bound.bound()),
                exceeds(value, bound));
    }

    private static Row compared(Bounds.Row bound, Measurements measurements) {
        Measurements.Series ours = measurements.counted(bound.name(), Side.OURS);
        Measurements.Series peer = measurements.counted(bound.name(), bound.peer());
        Ratio ratio = ours.moreIsBetter()
                ? Ratio.of(peer.samples(), ours.samples())
                : Ratio.of(ours.samples(), peer.samples());
        return new Row(
                bound.name(),
                number(Ratio.mean(ours.samples())),
                bound.peer(),
                number(Ratio.mean(peer.samples())),
                ours.shortUnit(),
                ratio(ratio.value()),
                ratio(ratio.low()),
                goal(bound.bound()),
                exceeds(ratio.low(), bound));
    }

    private static boolean exceeds(double value, Bounds.Row bound) {
        return bound.bound() != null && value > bound.bound().doubleValue();
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
