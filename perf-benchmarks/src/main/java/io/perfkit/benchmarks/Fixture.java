package io.perfkit.benchmarks;

import java.util.Map;

/**
 * What the benchmarks of one area share: started once by the command, used by every JVM that JMH forks, closed when the
 * area is done. A database with millions of rows would otherwise be filled again for each fork.
 */
public interface Fixture extends AutoCloseable {

    /** Nothing is shared. */
    Fixture NONE = new Fixture() {};

    /** System properties that tell a forked JVM where to find it. */
    default Map<String, String> properties() {
        return Map.of();
    }

    @Override
    default void close() {}
}
