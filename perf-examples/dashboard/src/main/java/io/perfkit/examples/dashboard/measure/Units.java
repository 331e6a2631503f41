package io.perfkit.examples.dashboard.measure;

import java.util.Locale;

/** Numbers with their units, three significant digits or so, the same on every machine. */
public final class Units {

    private Units() {}

    public static String nanos(double nanos) {
        if (nanos == 0) {
            return "0 s";
        }
        if (nanos < 999_500) {
            return significant(nanos / 1e3) + " µs";
        }
        return nanos < 999_500_000 ? significant(nanos / 1e6) + " ms" : significant(nanos / 1e9) + " s";
    }

    public static String bytes(double bytes) {
        double size = Math.abs(bytes);
        if (size == 0) {
            return "0 B";
        }
        if (size < 1_000) {
            return significant(bytes) + " B";
        }
        return size < 999_500 ? significant(bytes / 1e3) + " kB" : significant(bytes / 1e6) + " MB";
    }

    /** A count that may be a mean: whole numbers without decimals, small ones with one. */
    public static String count(double number) {
        boolean whole = Math.abs(number - Math.rint(number)) < 0.05 || number >= 100;
        return String.format(Locale.ROOT, whole ? "%,.0f" : "%.1f", number);
    }

    public static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    public static String bytes(long bytes) {
        return bytes((double) bytes);
    }

    public static String ratio(double ratio) {
        return (ratio >= 10 ? String.format(Locale.ROOT, "%,.0f", ratio) : String.format(Locale.ROOT, "%.1f", ratio))
                + "×";
    }

    public static String rate(double perSecond) {
        return perSecond >= 10
                ? String.format(Locale.ROOT, "%,.0f", perSecond)
                : String.format(Locale.ROOT, "%.2f", perSecond);
    }

    private static String significant(double number) {
        double size = Math.abs(number);
        return String.format(Locale.ROOT, size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f", number);
    }
}
