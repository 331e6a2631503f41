package io.perfkit.examples.dashboard.measure;

import java.util.Arrays;
import java.util.List;

/**
 * The slope of the heap after collections, and whether it is a leak.
 *
 * <p>The slope is the median of the slopes between all pairs of points (Theil 1950, Sen 1968), which a few outliers do
 * not move. The first third of the run is left out: that is when caches fill. It counts as growth only where the rise
 * over the rest of the run is above a few megabytes and well above the scatter around the line.
 *
 * @param perSecond bytes per second
 * @param rise bytes from the start to the end of the part that is looked at
 * @param scatter the median distance of a point from the line, in bytes
 */
public record Trend(double perSecond, double rise, double scatter) {

    private static final double NEGLIGIBLE_BYTES = 4e6;

    /** Of points whose x is in seconds and whose y is in bytes; at least six. */
    public static Trend of(List<Plot.Point> points) {
        List<Plot.Point> settled = points.subList(points.size() / 3, points.size());
        int count = settled.size();
        if (count < 4) {
            throw new IllegalArgumentException("a trend needs at least 6 points, but there were " + points.size());
        }
        double[] slopes = new double[count * (count - 1) / 2];
        int next = 0;
        for (int i = 0; i < count; i++) {
            for (int j = i + 1; j < count; j++) {
                slopes[next++] = (settled.get(j).y() - settled.get(i).y())
                        / (settled.get(j).x() - settled.get(i).x());
            }
        }
        double slope = median(slopes);
        double middle =
                median(settled.stream().mapToDouble(p -> p.y() - slope * p.x()).toArray());
        double scatter = median(settled.stream()
                .mapToDouble(p -> Math.abs(p.y() - slope * p.x() - middle))
                .toArray());
        return new Trend(
                slope, slope * (settled.get(count - 1).x() - settled.get(0).x()), scatter);
    }

    public boolean isGrowth() {
        return rise > Math.max(NEGLIGIBLE_BYTES, 6 * scatter);
    }

    private static double median(double[] values) {
        Arrays.sort(values);
        int half = values.length / 2;
        return values.length % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
    }
}
