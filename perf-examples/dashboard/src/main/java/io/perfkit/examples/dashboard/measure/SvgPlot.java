package io.perfkit.examples.dashboard.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Draws a {@link Plot}. The lines are an SVG that stretches to any width; the numbers are ordinary text placed over it,
 * so that they stay as large on a phone as on a screen.
 */
final class SvgPlot {

    private static final int TICKS = 4;

    private final Plot plot;
    private final double minX;
    private final double maxX;
    private final double minY;
    private final double maxY;

    SvgPlot(Plot plot) {
        this.plot = plot;
        double[] x = range(plot, true);
        double[] y = range(plot, false);
        minX = x[0];
        maxX = x[1];
        minY = plot.logarithmic() ? Math.pow(10, Math.floor(Math.log10(y[0]))) : 0;
        maxY = plot.logarithmic() ? Math.pow(10, Math.ceil(Math.log10(y[1]) + 1e-9)) : niceCeiling(y[1]);
    }

    String render() {
        StringBuilder html = new StringBuilder("<figure><figcaption>" + Html.escape(plot.title()) + "</figcaption>");
        html.append("<div class=\"legend\">");
        for (Plot.Line line : plot.lines()) {
            html.append("<span class=\"").append(line.side()).append("\">");
            html.append(Html.escape(line.name())).append("</span>");
        }
        html.append("</div><div class=\"plot\">");
        html.append("<svg viewBox=\"0 0 1000 1000\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"");
        html.append(Html.escape(plot.title())).append("\">");
        for (double tick : ticks(minY, maxY)) {
            html.append(path("grid", List.of(new Plot.Point(minX, tick), new Plot.Point(maxX, tick))));
        }
        for (Plot.Line line : plot.lines()) {
            html.append(path("line " + line.side(), line.points()));
            for (Plot.Point point : line.points()) {
                html.append(dot(line, point));
            }
        }
        html.append("</svg>");
        for (double tick : ticks(minY, maxY)) {
            html.append(label(
                    "y", "top", 100 - 100 * fraction(tick, minY, maxY), plot.y().apply(tick)));
        }
        for (double tick : plot.logarithmic() ? ticks(minX, maxX) : roundTicks(minX, maxX)) {
            html.append(label(
                    "x", "left", 100 * fraction(tick, minX, maxX), plot.x().apply(tick)));
        }
        return html.append("</div><div class=\"axis\">")
                .append(Html.escape(plot.xAxis()))
                .append("</div></figure>")
                .toString();
    }

    private String path(String styles, List<Plot.Point> points) {
        StringBuilder path = new StringBuilder("<path class=\"" + styles + "\" d=\"");
        for (int i = 0; i < points.size(); i++) {
            path.append(i == 0 ? "M" : "L").append(at(points.get(i)));
        }
        return path.append("\"/>").toString();
    }

    /** A line of no length with round ends: a dot that stays round when the drawing is stretched. */
    private String dot(Plot.Line line, Plot.Point point) {
        String at = at(point);
        String title =
                line.name() + ", " + plot.x().apply(point.x()) + ": " + plot.y().apply(point.y());
        return "<path class=\"dot " + line.side() + "\" d=\"M" + at + "L" + at + "\"><title>" + Html.escape(title)
                + "</title></path>";
    }

    private String at(Plot.Point point) {
        return String.format(
                Locale.ROOT,
                "%.1f %.1f",
                1000 * fraction(point.x(), minX, maxX),
                1000 - 1000 * fraction(point.y(), minY, maxY));
    }

    private static String label(String axis, String property, double percent, String text) {
        return String.format(
                Locale.ROOT,
                "<span class=\"tick %s\" style=\"%s:%.2f%%\">%s</span>",
                axis,
                property,
                percent,
                Html.escape(text));
    }

    private double fraction(double value, double min, double max) {
        if (max <= min) {
            return 0.5;
        }
        return plot.logarithmic() ? Math.log(value / min) / Math.log(max / min) : (value - min) / (max - min);
    }

    private List<Double> ticks(double min, double max) {
        List<Double> ticks = new ArrayList<>();
        if (plot.logarithmic()) {
            double step = Math.pow(10, Math.max(1, Math.ceil(Math.log10(max / min) / (TICKS + 1))));
            for (double tick = min; tick <= max * 1.001; tick *= step) {
                ticks.add(tick);
            }
        } else {
            for (int i = 0; i <= TICKS; i++) {
                ticks.add(min + (max - min) * i / TICKS);
            }
        }
        return ticks;
    }

    /** Round numbers within the range, not its quarters: an x axis begins and ends where the points do. */
    private static List<Double> roundTicks(double min, double max) {
        double step = niceCeiling((max - min) / (TICKS + 1));
        List<Double> ticks = new ArrayList<>();
        for (double number = Math.ceil(min / step); number * step <= max * 1.001; number++) {
            ticks.add(number * step);
        }
        return ticks;
    }

    private static double[] range(Plot plot, boolean ofX) {
        double[] values = plot.lines().stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(point -> ofX ? point.x() : point.y())
                .sorted()
                .toArray();
        return values.length == 0 ? new double[] {1, 10} : new double[] {values[0], values[values.length - 1]};
    }

    private static double niceCeiling(double value) {
        if (value <= 0) {
            return 1;
        }
        double unit = Math.pow(10, Math.floor(Math.log10(value)));
        for (double step : new double[] {1, 1.2, 1.6, 2, 2.4, 3.2, 4, 5, 6, 8, 10}) {
            if (value <= step * unit) {
                return step * unit;
            }
        }
        return 10 * unit;
    }
}
