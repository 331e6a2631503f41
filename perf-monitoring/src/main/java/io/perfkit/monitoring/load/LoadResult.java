package io.perfkit.monitoring.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What a {@link LoadTest} measured. Immutable. */
public final class LoadResult {
    private final Duration elapsed;
    private final List<ScenarioResult> scenarios;

    LoadResult(Duration elapsed, List<ScenarioResult> scenarios) {
        this.elapsed = elapsed;
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
     * Demands that every scenario keeps every bound.
     *
     * @param requirements the bounds
     * @return this
     * @throws LoadRequirementException naming every bound that a scenario broke
     */
    public LoadResult requireThat(LoadRequirement... requirements) {
        List<String> broken = new ArrayList<>();
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
     * The result as JSON: {@code elapsedMillis} and {@code scenarios}, whose members are named as the components of
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
