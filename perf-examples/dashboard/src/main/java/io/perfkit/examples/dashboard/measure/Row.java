package io.perfkit.examples.dashboard.measure;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param figures what was measured
 * @param reference the run on the other side that the ratio refers to; null for that run itself
 */
public record Row(Figures figures, @Nullable Figures reference) {

    public String ratio() {
        return reference == null ? "" : Units.ratio(figures.timesFasterThan(reference));
    }
}
