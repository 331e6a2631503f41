package io.perfkit.examples.dashboard.shop;

import java.time.LocalDate;

/**
 * How much data there is. History grows towards the past, so that the newest day is the same at every scale.
 *
 * @param users customers
 * @param products products
 * @param days days of history, with {@link #SALES_PER_DAY} transactions each
 * @param projects projects, with {@link #FEATURES_PER_PROJECT} features of {@link #BACKLOGS_PER_FEATURE} backlogs each
 */
public record DataSize(int users, int products, int days, int projects) {

    public static final int SALES_PER_DAY = 2_000;
    public static final int FEATURES_PER_PROJECT = 12;
    public static final int BACKLOGS_PER_FEATURE = 3;

    /** Fixed rather than today, so that two runs see the same data. */
    public static final LocalDate LAST_DAY = LocalDate.of(2026, 11, 20);

    /** 1,004,000 transactions at scale 1: page 20,000 of 50 rows is a full page with more behind it. */
    public static DataSize atScale(int scale) {
        return new DataSize(10_000 * scale, 1_000 * scale, 502 * scale, 400 * scale);
    }

    public long transactions() {
        return (long) days * SALES_PER_DAY;
    }

    public LocalDate firstDay() {
        return LAST_DAY.minusDays(days - 1L);
    }

    /** What the database needs on disk, measured at scale 1 and rounded up. */
    public long bytesOnDisk() {
        return (200L << 20) + transactions() * 400;
    }
}
