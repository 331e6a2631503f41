package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a {@link LoadTest} measured. Immutable. */
public final class LoadResult {
    private final Duration elapsed;
    private final long underWay;
    private final Duration oldestUnderWay;
    private final List<ScenarioResult> scenarios;

    LoadResult(Duration elapsed, long underWay, Duration oldestUnderWay, List<ScenarioResult> scenarios) {
        this.elapsed = elapsed;
        this.underWay = underWay;
        this.oldestUnderWay = oldestUnderWay;
        this.scenarios = List.copyOf(scenarios);
    }

    /**
     * From the first measured start to the end of the last call.
     *
     * @return the time
     */
    public Duration elapsed() {
        return elapsed;
    }

    /**
     * The calls that were still under way when the measured time was over, those of the warm-up included, which are in
     * no other figure: a target that answers nothing from the warm-up on has no measured call at all.
     *
     * @return how many; zero for a test that ends after a number of requests
     */
    public long underWay() {
        return underWay;
    }

    /**
     * How long the oldest of the calls {@link #underWay} had been so at that moment.
     *
     * @return the time, zero if there were none
     */
    public Duration oldestUnderWay() {
        return oldestUnderWay;
    }

    /**
     * The scenarios, in the order in which they were given.
     *
     * @return the results
     */
    public List<ScenarioResult> scenarios() {
        return scenarios;
    }

    /**
     * One scenario.
     *
     * @param name its name
     * @return its result
     * @throws IllegalArgumentException where there is none of that name
     */
    public ScenarioResult scenario(String name) {
        for (ScenarioResult scenario : scenarios) {
            if (scenario.name().equals(name)) {
                return scenario;
            }
        }
        throw new IllegalArgumentException("There is no scenario " + name + "; there are "
                + scenarios.stream().map(ScenarioResult::name).toList());
    }

    /**
     * Demands that every scenario keeps every bound, and that there was something to measure: where no call was
     * measured because all that began in the warm-up were still under way at the end, every bound is broken.
     *
     * @param requirements the bounds
     * @return this
     * @throws LoadRequirementException naming every bound that a scenario broke
     */
    public LoadResult requireThat(LoadRequirement... requirements) {
        List<String> broken = new ArrayList<>();
        if (underWay > 0 && scenarios.stream().allMatch(scenario -> scenario.count() == 0)) {
            broken.add("No call was measured: " + LoadResultText.underWay(this));
        }
        for (ScenarioResult scenario : scenarios) {
            for (LoadRequirement requirement : requirements) {
                requirement.violatedBy(scenario).ifPresent(broken::add);
            }
        }
        if (!broken.isEmpty()) {
            throw new LoadRequirementException(String.join("\n", broken) + "\n" + toTable());
        }
        return this;
    }

    /**
     * The result as a table for a terminal.
     *
     * @return lines, each ended by a line feed
     */
    public String toTable() {
        return LoadResultText.table(this);
    }

    /**
     * The result as JSON: {@code elapsedMillis}, {@code underWay}, {@code oldestUnderWayMillis} and {@code scenarios}, whose members are named as the components of
     * {@link ScenarioResult}, latencies in milliseconds with {@code Millis} after the name.
     *
     * @return one JSON object
     */
    public String toJson() {
        return LoadResultText.json(this);
    }

    /** The table. */
    @Override
    public String toString() {
        return toTable();
    }
}
