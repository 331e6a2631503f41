package io.perfkit.monitoring;

import java.time.Duration;

/** From when on something is too slow. Immutable. */
public final class Thresholds {
    private final Duration responseTime;
    private final Duration queryTime;

    private Thresholds(Builder builder) {
        this.responseTime = builder.responseTime;
        this.queryTime = builder.queryTime;
    }

    /**
     * Starts from the defaults.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A builder that starts from these values.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder().responseTime(responseTime).queryTime(queryTime);
    }

    /**
     * From when on a request is slow: logged with its queries, and {@link Alert.Kind#SLOW_RESPONSE}.
     *
     * @return the duration
     */
    public Duration responseTime() {
        return responseTime;
    }

    /**
     * From when on a query raises {@link Alert.Kind#SLOW_QUERY}.
     *
     * @return the duration
     */
    public Duration queryTime() {
        return queryTime;
    }

    /** Builds {@link Thresholds}. Not thread-safe. */
    public static final class Builder {
        private Duration responseTime = Duration.ofSeconds(2);
        private Duration queryTime = Duration.ofSeconds(1);

        private Builder() {}

        /**
         * From when on a request is slow.
         *
         * @param value a positive duration; 2 s unless set
         * @return this
         */
        public Builder responseTime(Duration value) {
            this.responseTime = Checks.positive("responseTime", value);
            return this;
        }

        /**
         * From when on a query raises an alert. It is logged from {@code PerformanceMonitor.Builder.slowQuery} on.
         *
         * @param value a positive duration; 1 s unless set
         * @return this
         */
        public Builder queryTime(Duration value) {
            this.queryTime = Checks.positive("queryTime", value);
            return this;
        }

        /**
         * Builds the thresholds.
         *
         * @return the thresholds
         */
        public Thresholds build() {
            return new Thresholds(this);
        }
    }
}
