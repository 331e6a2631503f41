package io.perfkit.testkit.grammar;

import java.util.Arrays;

/** Micrometer's meters are bound by micrometer.XMetrics. */
final class MeterRules {
    private static final String RULE = "meters";
    private static final String BINDER = "io.micrometer.core.instrument.binder.MeterBinder";

    private MeterRules() {}

    static void check(Class<?> type, Findings findings) {
        boolean binds = Arrays.stream(type.getInterfaces())
                .anyMatch(implemented -> implemented.getName().equals(BINDER));
        boolean isInItsRoom = type.getPackageName().endsWith(".micrometer");
        boolean isNamed = type.getSimpleName().endsWith("Metrics");
        if (binds && !(isInItsRoom && isNamed)) {
            findings.add(RULE, type, "a MeterBinder is called XMetrics and stands in the package micrometer");
        }
        if (isInItsRoom && isNamed && !binds) {
            findings.add(RULE, type, "must implement MeterBinder");
        }
    }
}
