package io.perfkit.cache;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Every interleaving that Lincheck finds of a region's calls looks as if they had run one after the other. */
class LocalTierLincheckTest {

    /** Multiplies the number of scenarios, for a long search: {@code -Dlincheck.effort=20}. */
    private static final int EFFORT = Integer.getInteger("lincheck.effort", 1);

    /** The calls; apart from the test, so that Lincheck sees everything they load. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "value", gen = IntGen.class, conf = "1:9")
    public static class Calls {

        private final CacheRegion<Integer> region = PerfCache.builder("lincheck")
                .ticker(() -> 0)
                .executor(Runnable::run)
                .build()
                .region("r", Integer.class, CachePolicy.of(Duration.ofHours(1)));

        @Operation
        public int getOrSet(@Param(name = "key") int key, @Param(name = "value") int value) {
            return region.getOrSet("k" + key, () -> value);
        }

        @Operation
        public Integer getIfPresent(@Param(name = "key") int key) {
            return region.getIfPresent("k" + key);
        }

        @Operation
        public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
            region.put("k" + key, value);
        }

        @Operation
        public void invalidate(@Param(name = "key") int key) {
            region.invalidate("k" + key);
        }

        @Operation
        public void invalidatePattern(@Param(name = "key") int key) {
            region.invalidatePattern("?" + key);
        }

        @Operation
        public void clear() {
            region.clear();
        }
    }

    /** The calls that find values by what was said about them when they were loaded. */
    @Param(name = "key", gen = IntGen.class, conf = "1:2")
    @Param(name = "value", gen = IntGen.class, conf = "1:9")
    public static class TaggedCalls {

        private final CacheRegion<Integer> region = PerfCache.builder("lincheck")
                .ticker(() -> 0)
                .executor(Runnable::run)
                .build()
                .region("r", Integer.class, CachePolicy.of(Duration.ofHours(1)));

        /** Odd values are tagged. */
        @Operation
        public int getOrSet(@Param(name = "key") int key, @Param(name = "value") int value) {
            return region.getOrSet("k" + key, (k, context) -> {
                if (value % 2 == 1) {
                    context.tags("odd");
                }
                return value;
            });
        }

        @Operation
        public Integer getIfPresent(@Param(name = "key") int key) {
            return region.getIfPresent("k" + key);
        }

        @Operation
        public void put(@Param(name = "key") int key, @Param(name = "value") int value) {
            region.put("k" + key, value);
        }

        @Operation
        public void invalidateTag() {
            region.invalidateTag("odd");
        }

        /** Without a window in which stale values are served, what is due is gone for all who ask. */
        @Operation
        public void expire(@Param(name = "key") int key) {
            region.expire("k" + key);
        }

        @Operation
        public void expirePattern(@Param(name = "key") int key) {
            region.expirePattern("*" + key);
        }
    }

    /** The same, one after the other. */
    public static class SequentialTagged {

        private final Map<Integer, Integer> values = new HashMap<>();
        private final Set<Integer> tagged = new HashSet<>();

        public int getOrSet(int key, int value) {
            Integer present = values.get(key);
            if (present != null) {
                return present;
            }
            values.put(key, value);
            if (value % 2 == 1) {
                tagged.add(key);
            }
            return value;
        }

        public Integer getIfPresent(int key) {
            return values.get(key);
        }

        public void put(int key, int value) {
            values.put(key, value);
            tagged.remove(key);
        }

        public void invalidateTag() {
            values.keySet().removeAll(tagged);
            tagged.clear();
        }

        public void expire(int key) {
            values.remove(key);
            tagged.remove(key);
        }

        public void expirePattern(int key) {
            expire(key);
        }
    }

    /** A put, a load and a look at one key. */
    public static class OneKey {

        private final CacheRegion<Integer> region = PerfCache.builder("lincheck")
                .ticker(() -> 0)
                .executor(Runnable::run)
                .build()
                .region("r", Integer.class, CachePolicy.of(Duration.ofHours(1)));

        @Operation
        public int getOrSet() {
            return region.getOrSet("k", () -> 8);
        }

        @Operation
        public Integer getIfPresent() {
            return region.getIfPresent("k");
        }

        @Operation
        public void put() {
            region.put("k", 2);
        }
    }

    /** The same, one after the other. */
    public static class SequentialOneKey {

        private Integer value;

        public int getOrSet() {
            value = value == null ? 8 : value;
            return value;
        }

        public Integer getIfPresent() {
            return value;
        }

        public void put() {
            value = 2;
        }
    }

    /** What the calls mean where nothing runs at the same time. */
    public static class Sequential {

        private final Map<Integer, Integer> values = new HashMap<>();

        public int getOrSet(int key, int value) {
            return values.computeIfAbsent(key, k -> value);
        }

        public Integer getIfPresent(int key) {
            return values.get(key);
        }

        public void put(int key, int value) {
            values.put(key, value);
        }

        public void invalidate(int key) {
            values.remove(key);
        }

        public void invalidatePattern(int key) {
            values.remove(key);
        }

        public void clear() {
            values.clear();
        }
    }

    @Test
    void calls_modelChecked_areLinearizable() {
        new ModelCheckingOptions()
                .sequentialSpecification(Sequential.class)
                .iterations(2 * EFFORT)
                .invocationsPerIteration(60)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .check(Calls.class);
    }

    /**
     * Found by {@link #calls_stressed_areLinearizable} on JDK 25: {@code put(1, 2)} beside {@code getOrSet(1, 8)}, both
     * returned, then {@code getIfPresent(1)} was 8. The load had begun between the two steps of the put and was stored
     * over its value.
     */
    @Test
    void put_besideALoadOfTheSameKey_isNotLost() {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .sequentialSpecification(SequentialOneKey.class)
                .iterations(0)
                .invocationsPerIteration(200);
        options.addCustomScenario(new ExecutionScenario(
                List.of(),
                List.of(List.of(oneKey("getOrSet")), List.of(oneKey("put"))),
                List.of(oneKey("getIfPresent")),
                null));
        options.check(OneKey.class);
    }

    private static Actor oneKey(String method) {
        try {
            return new Actor(OneKey.class.getMethod(method), List.of());
        } catch (NoSuchMethodException e) {
            throw new IllegalArgumentException(method, e);
        }
    }

    @Test
    void taggedCalls_modelChecked_areLinearizable() {
        new ModelCheckingOptions()
                .sequentialSpecification(SequentialTagged.class)
                .iterations(2 * EFFORT)
                .invocationsPerIteration(60)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(1)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .check(TaggedCalls.class);
    }

    @Test
    void taggedCalls_stressed_areLinearizable() {
        new StressOptions()
                .sequentialSpecification(SequentialTagged.class)
                .iterations(2 * EFFORT)
                .invocationsPerIteration(600)
                .threads(3)
                .actorsPerThread(3)
                .check(TaggedCalls.class);
    }

    @Test
    void calls_stressed_areLinearizable() {
        new StressOptions()
                .sequentialSpecification(Sequential.class)
                .iterations(2 * EFFORT)
                .invocationsPerIteration(600)
                .threads(3)
                .actorsPerThread(3)
                .check(Calls.class);
    }
}
