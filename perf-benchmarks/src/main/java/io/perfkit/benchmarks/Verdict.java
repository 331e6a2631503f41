package io.perfkit.benchmarks;

import java.math.BigDecimal;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a row says about its bound. */
enum Verdict {
    /** The whole interval lies within the bound. */
    MET,
    /** The whole interval lies above the bound. */
    MISSED,
    /** The bound lies within the interval, or one side was still getting faster when it was measured last. */
    UNDECIDED,
    /** There is no benchmark for it yet. */
    ABSENT,
    /** There is no bound, or the run was too short to judge. */
    NONE;

    /**
     * The verdict of a measured row.
     *
     * @param bound what must not be exceeded, or null where the row is there for the record
     * @param settled whether both sides had warmed up
     */
    static Verdict of(Ratio measured, @Nullable BigDecimal bound, boolean settled) {
        if (bound == null) {
            return NONE;
        }
        double limit = bound.doubleValue();
        if (!settled) {
            return UNDECIDED;
        }
        return measured.high() <= limit ? MET : measured.low() > limit ? MISSED : UNDECIDED;
    }

    /** As it is printed. */
    String text() {
        return this == NONE ? Bounds.NOTHING : name().toLowerCase(Locale.ROOT);
    }
}
