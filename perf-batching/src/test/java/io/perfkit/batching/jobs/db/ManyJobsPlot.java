package io.perfkit.batching.jobs.db;

import java.util.List;
import java.util.Locale;

/** Draws the figures of {@link ManyJobsIT}: three lines over the number of jobs that wait. */
final class ManyJobsPlot {
    private static final int WIDTH = 720;
    private static final int HEIGHT = 360;
    private static final int LEFT = 60;
    private static final int RIGHT = 110;
    private static final int TOP = 44;
    private static final int BOTTOM = 50;
    private static final String[] NAMES = {"status", "poll", "submit"};
    private static final String[] COLOURS = {"#1b6ca8", "#c05621", "#2f855a"};

    private ManyJobsPlot() {}

    static String svg(List<Integer> sizes, List<double[]> figures) {
        double highest = 1;
        for (double[] each : figures) {
            for (int line = 0; line < NAMES.length; line++) {
                highest = Math.max(highest, each[line]);
            }
        }
        int top = (int) Math.ceil(highest * 1.2);
        int widest = sizes.get(sizes.size() - 1);
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"13\">%n"
                        + "<rect width=\"%d\" height=\"%d\" fill=\"#ffffff\"/>%n"
                        + "<text x=\"%d\" y=\"24\" font-size=\"15\">Milliseconds a call, the fastest tenth, while jobs wait"
                        + " (PostgreSQL)</text>%n",
                WIDTH,
                HEIGHT,
                WIDTH,
                HEIGHT,
                LEFT));
        for (int i = 0; i <= 4; i++) {
            double value = top * i / 4.0;
            svg.append(String.format(
                    Locale.ROOT,
                    "<line x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#d5d9de\"/>%n"
                            + "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.2f</text>%n",
                    LEFT,
                    WIDTH - RIGHT,
                    y(value, top),
                    y(value, top),
                    LEFT - 8,
                    y(value, top) + 4,
                    value));
        }
        for (int i = 0; i <= 4; i++) {
            int size = widest * i / 4;
            svg.append(String.format(
                    Locale.ROOT,
                    "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%,d</text>%n",
                    x(size, widest),
                    HEIGHT - BOTTOM + 20,
                    size));
        }
        svg.append(String.format(
                Locale.ROOT,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">jobs that wait</text>%n",
                (LEFT + WIDTH - RIGHT) / 2,
                HEIGHT - 10));
        for (int line = 0; line < NAMES.length; line++) {
            svg.append(line(sizes, figures, line, widest, top));
        }
        return svg.append("</svg>\n").toString().replace("\r\n", "\n");
    }

    private static String line(List<Integer> sizes, List<double[]> figures, int line, int widest, int top) {
        StringBuilder points = new StringBuilder();
        for (int i = 0; i < sizes.size(); i++) {
            points.append(
                    String.format(Locale.ROOT, "%.1f,%.1f ", x(sizes.get(i), widest), y(figures.get(i)[line], top)));
        }
        double last = figures.get(figures.size() - 1)[line];
        return String.format(
                Locale.ROOT,
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2.5\"/>%n"
                        + "<text x=\"%d\" y=\"%.1f\" fill=\"%s\">%s %.2f</text>%n",
                points.toString().strip(),
                COLOURS[line],
                WIDTH - RIGHT + 8,
                y(last, top) + 4,
                COLOURS[line],
                NAMES[line],
                last);
    }

    private static double x(double size, int widest) {
        return LEFT + (WIDTH - LEFT - RIGHT) * size / widest;
    }

    private static double y(double value, int top) {
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top;
    }
}
