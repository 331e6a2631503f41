package io.perfkit.testkit.grammar.sample.broken;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Its builder has every fault that a builder can have. */
public final class Valve {
    public static final class Builder {
        private @Nullable ValveListener listener;

        public Builder() {}

        /** Answers another builder. */
        public Builder lost(boolean value) {
            return new Builder();
        }

        /** Answers nothing. */
        public void width(int value) {}

        /** Takes anything. */
        public Builder careless(int value) {
            return this;
        }

        /** Does not say what is wrong. */
        public Builder silent(Duration value) {
            if (value.isNegative()) {
                throw new IllegalArgumentException("no");
            }
            return this;
        }

        /** Throws what is for contradictions. */
        public Builder wrongType(long value) {
            if (value < 1) {
                throw new IllegalStateException("wrongType must be at least 1, but was " + value);
            }
            return this;
        }

        /** Takes null. */
        public Builder name(String value) {
            return this;
        }

        public Builder maxFlow(boolean value) {
            return this;
        }

        public Builder time(LongSupplier nanoseconds) {
            return ticker(nanoseconds.getAsLong());
        }

        public Builder ticker(long nanoseconds) {
            if (nanoseconds < 0) {
                throw new IllegalArgumentException("ticker must not be negative, but was " + nanoseconds);
            }
            return this;
        }

        public Builder onOpen(Runnable action) {
            action.run();
            return this;
        }

        public Builder onShut(Consumer<String> action) {
            action.accept("");
            return this;
        }

        /** Keeps the last one only. */
        public Builder listener(ValveListener value) {
            this.listener = Objects.requireNonNull(value);
            return this;
        }

        public Builder watcher(ValveListener value) {
            return listener(value);
        }

        public boolean isHeard() {
            return listener != null;
        }

        public String build() {
            throw new IllegalArgumentException("a and b contradict each other");
        }
    }
}
