package io.perfkit.benchmarks.cache;

import io.lettuce.core.KeyValue;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Threads;

/**
 * 100 different keys asked for at once, all of which are in Redis: {@code getOrSetAll} of a region without a local tier,
 * against one {@code MGET} through Lettuce with the same decoding into a map.
 */
@Line("cache.get_all_100")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class GetAllHundred {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(SharedCaches.Perfkit perfkit, Keys keys) {
        return perfkit.region.getOrSetAll(keys.hundred(), GetAllHundred::missed);
    }

    @Benchmark
    @Side("lettuce-mget")
    public Object lettuce(SharedCaches.Lettuce lettuce, Keys keys) {
        List<String> asked = keys.hundred();
        Map<String, Order> found = new HashMap<>(2 * asked.size());
        for (KeyValue<String, byte[]> each : lettuce.commands.mget(asked.toArray(String[]::new))) {
            found.put(each.getKey(), Order.decode(each.getValue()));
        }
        return found;
    }

    private static Map<String, Order> missed(Set<String> keys) {
        throw new IllegalStateException(keys + " are not there");
    }
}
