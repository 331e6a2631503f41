package io.perfkit.benchmarks;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What was measured: for each side of each line, one sample per round. */
final class Measurements {

    private final Map<String, Map<String, Series>> lines = new HashMap<>();

    /** The samples of one side. */
    static final class Series {

        private final double[] samples;
        private final String unit;
        private final boolean moreIsBetter;
        private final boolean settled;

        /**
         * A series.
         *
         * @param samples one per round, each the mean of one forked JVM
         * @param unit the unit, as JMH gives it, {@code ns/op} for example
         * @param moreIsBetter whether a larger sample is the better one (a throughput)
         * @param settled whether the last round no longer became faster while it was measured
         */
        Series(double[] samples, String unit, boolean moreIsBetter, boolean settled) {
            this.samples = samples.clone();
            this.unit = unit;
            this.moreIsBetter = moreIsBetter;
            this.settled = settled;
        }

        double[] samples() {
            return samples.clone();
        }

        boolean moreIsBetter() {
            return moreIsBetter;
        }

        /** The unit without the operation: {@code ns} for a time, {@code ops/s} as it is. */
        String shortUnit() {
            return unit.endsWith("/op") ? unit.substring(0, unit.length() - "/op".length()) : unit;
        }

        /** The same kind of samples with other values. */
        Series with(double[] values, String newUnit) {
            return new Series(values, newUnit, moreIsBetter, settled);
        }
    }

    void put(String line, String side, Series series) {
        lines.computeIfAbsent(line, name -> new HashMap<>()).put(side, series);
    }

    boolean has(String line, String side) {
        return lines.getOrDefault(line, Map.of()).containsKey(side);
    }

    /** Whether a side, and what it is taken from, had warmed up. */
    boolean settled(String line, String side) {
        Map<String, Series> sides = lines.getOrDefault(line, Map.of());
        return of(line, side).settled
                && (!line.endsWith(Line.ADDED) || of(line, Side.RAW).settled)
                && (!sides.containsKey(Side.BASE) || of(line, Side.BASE).settled);
    }

    /** The samples of a side as they were measured. */
    Series of(String line, String side) {
        Series series = lines.getOrDefault(line, Map.of()).get(side);
        if (series == null) {
            throw new IllegalStateException("nothing was measured for side " + side + " of " + line);
        }
        return series;
    }

    /**
     * The samples of a side as they count: without the raw call of the same round where the name says {@code .added}, and
     * divided by the base of the same round where the line has one.
     */
    Series counted(String line, String side) {
        Series series = of(line, side);
        if (line.endsWith(Line.ADDED)) {
            double[] raw = of(line, Side.RAW).samples();
            double[] added = series.samples();
            Arrays.setAll(added, round -> added[round] - raw[round]);
            return series.with(added, series.unit);
        }
        if (has(line, Side.BASE)) {
            double[] base = of(line, Side.BASE).samples();
            double[] growth = series.samples();
            Arrays.setAll(growth, round -> growth[round] / base[round]);
            return series.with(growth, "x");
        }
        return series;
    }
}
