package io.perfkit.monitoring;

import java.time.Duration;
import java.util.OptionalDouble;

/** From when on something is too slow, or too much. Immutable. */
public final class Thresholds {
    private final Duration responseTime;
    private final Duration queryTime;
    private final Duration callTime;
    private final OptionalDouble heapUse;
    private final OptionalDouble cpuUse;
    private final OptionalDouble errorRate;

    private Thresholds(Builder builder) {
        this.responseTime = builder.responseTime;
        this.queryTime = builder.queryTime;
        this.callTime = builder.callTime;
        this.heapUse = builder.heapUse;
        this.cpuUse = builder.cpuUse;
        this.errorRate = builder.errorRate;
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
        Builder builder =
                new Builder().responseTime(responseTime).queryTime(queryTime).callTime(callTime);
        builder.heapUse = heapUse;
        builder.cpuUse = cpuUse;
        builder.errorRate = errorRate;
        return builder;
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

    /**
     * From when on a call of another service is slow: logged, and {@link Alert.Kind#SLOW_CALL}.
     *
     * @return the duration
     */
    public Duration callTime() {
        return callTime;
    }

    /**
     * From which use of the heap on {@link Alert.Kind#HIGH_HEAP_USE} is raised.
     *
     * @return a share of the largest heap, or empty where nobody watches
     */
    public OptionalDouble heapUse() {
        return heapUse;
    }

    /**
     * From which use of the processors on {@link Alert.Kind#HIGH_CPU_USE} is raised.
     *
     * @return a share of all of them, or empty where nobody watches
     */
    public OptionalDouble cpuUse() {
        return cpuUse;
    }

    /**
     * From which share of failed requests on {@link Alert.Kind#HIGH_ERROR_RATE} is raised.
     *
     * @return a share of the requests of an endpoint, or empty where nobody watches
     */
    public OptionalDouble errorRate() {
        return errorRate;
    }

    /** Builds {@link Thresholds}. Not thread-safe. */
    public static final class Builder {
        private Duration responseTime = Duration.ofSeconds(2);
        private Duration queryTime = Duration.ofSeconds(1);
        private Duration callTime = Duration.ofSeconds(1);
        private OptionalDouble heapUse = OptionalDouble.empty();
        private OptionalDouble cpuUse = OptionalDouble.empty();
        private OptionalDouble errorRate = OptionalDouble.empty();

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
         * From when on a call of another service is slow.
         *
         * @param value a positive duration; 1 s unless set
         * @return this
         */
        public Builder callTime(Duration value) {
            this.callTime = Checks.positive("callTime", value);
            return this;
        }

        /**
         * From which use of the heap on an alert is raised. {@link PerformanceMonitor#sweep} looks; a single look that finds
         * less, as after a collection, is enough for none.
         *
         * @param value a share of the largest heap, above 0 and at most 1; not watched unless set
         * @return this
         */
        public Builder heapUse(double value) {
            this.heapUse = OptionalDouble.of(Checks.share("heapUse", value));
            return this;
        }

        /**
         * From which use of the processors, by this and by other processes, on an alert is raised.
         * {@link PerformanceMonitor#sweep} looks.
         *
         * @param value a share of all processors, above 0 and at most 1; not watched unless set
         * @return this
         */
        public Builder cpuUse(double value) {
            this.cpuUse = OptionalDouble.of(Checks.share("cpuUse", value));
            return this;
        }

        /**
         * From which share of failed requests of an endpoint on an alert is raised, where there were 20 or more within the
         * window. {@link PerformanceMonitor#sweep} looks.
         *
         * @param value a share of the requests, above 0 and at most 1; not watched unless set
         * @return this
         */
        public Builder errorRate(double value) {
            this.errorRate = OptionalDouble.of(Checks.share("errorRate", value));
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
