package io.perfkit.benchmarks.cache;

import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.ZipfDistribution;
import org.apache.commons.math3.random.Well19937c;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * The order in which one thread asks for keys: 10,000 users by a Zipf distribution of exponent 0.99, as in the benchmarks
 * of Caffeine and YCSB, drawn beforehand with a fixed seed. The caches hold twice as many, so nothing is ever evicted.
 */
@State(Scope.Thread)
public class Keys {

    static final int USERS = 10_000;
    static final int CAPACITY = 2 * USERS;

    private static final String[] ALL =
            IntStream.range(0, USERS).mapToObj(user -> user + ":profile").toArray(String[]::new);
    private static final List<String> LIST = List.of(ALL);
    private static final int DRAWN = 1 << 16;
    private static final int[] ORDER = new ZipfDistribution(new Well19937c(42), USERS, 0.99).sample(DRAWN);

    // Two threads start at different places, so that they do not walk in step.
    private int position = (int) (Thread.currentThread().getId() * 7919);

    String next() {
        return ALL[ORDER[position++ & (DRAWN - 1)] - 1];
    }

    long nextUser() {
        return ORDER[position++ & (DRAWN - 1)];
    }

    /** 100 different keys, those of neighbouring users. */
    List<String> hundred() {
        int first = ORDER[position++ & (DRAWN - 1)] % (USERS - 100);
        return LIST.subList(first, first + 100);
    }

    /** Asks for every key once, so that all are there before the measurement. */
    static void all(Function<String, ?> ask) {
        for (String key : ALL) {
            Objects.requireNonNull(ask.apply(key), key);
        }
    }

    /** What a miss would load; no side misses while it is measured. */
    static UserProfile load(String key) {
        return new UserProfile(Long.parseLong(key.substring(0, key.indexOf(':'))), key);
    }
}
