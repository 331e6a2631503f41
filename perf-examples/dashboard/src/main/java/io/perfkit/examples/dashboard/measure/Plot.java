package io.perfkit.examples.dashboard.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/**
 * A line plot of the report.
 *
 * @param title what it shows
 * @param xAxis what goes to the right
 * @param x how to write a value of the x axis
 * @param y how to write a value of the y axis
 * @param logarithmic whether both axes are logarithmic; values are then above zero
 * @param lines the lines
 */
public record Plot(
        String title,
        String xAxis,
        DoubleFunction<String> x,
        DoubleFunction<String> y,
        boolean logarithmic,
        List<Line> lines) {

    /** A point of a line. */
    public record Point(double x, double y) {}

    /** One line; the side gives its colour. */
    public record Line(Side side, String name, List<Point> points) {

        public Line(Side side, String name) {
            this(side, name, new ArrayList<>());
        }

        public void add(double x, double y) {
            points.add(new Point(x, y));
        }
    }
}
