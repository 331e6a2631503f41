package io.perfkit.testkit.grammar.sample.sound;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/** Follows every rule. */
public final class Pump implements AutoCloseable {
    private Pump() {}

    public static Builder builder() {
        return new Builder();
    }

    public PumpStats stats() {
        return new PumpStats(0);
    }

    @Override
    public void close() {}

    public CloseReport close(Duration atMost) {
        if (atMost.isNegative()) {
            throw new IllegalArgumentException("atMost must not be negative, but was " + atMost);
        }
        return new CloseReport(0);
    }

    public static final class Builder {
        private final List<PumpListener> listeners = new ArrayList<>();
        private LongSupplier ticker = System::nanoTime;
        private int minimum = 1;
        private int maximum = 10;

        private Builder() {}

        public Builder maximumPressure(int bar) {
            if (bar < 1) {
                throw new IllegalArgumentException("maximumPressure must be at least 1, but was " + bar);
            }
            this.maximum = bar;
            return this;
        }

        public Builder restPressure(int bar) {
            if (bar < 1) {
                throw new IllegalArgumentException("restPressure must be at least 1, but was " + bar);
            }
            this.minimum = bar;
            return this;
        }

        public Builder ticker(LongSupplier nanoseconds) {
            this.ticker = Objects.requireNonNull(nanoseconds);
            return this;
        }

        public Builder listener(PumpListener listener) {
            listeners.add(Objects.requireNonNull(listener));
            return this;
        }

        public Pump build() {
            if (minimum > maximum) {
                throw new IllegalStateException("restPressure=" + minimum + " is above maximumPressure=" + maximum);
            }
            var unused = ticker.getAsLong();
            return new Pump();
        }
    }
}
