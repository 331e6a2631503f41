package io.perfkit.cache.stress;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Calls of one key that meet, many thousand times each; {@link SingleFlightStressTest} runs them.
 *
 * <p>Each key has a row in a database of one number. What changes the number invalidates afterwards, as an application
 * does; whoever asks after that must find the new one, whatever was under way. Two actors each, because jcstress gives
 * every actor a processor of its own and leaves out what needs more than there are.
 */
public final class SingleFlightRaces {

    private static final AtomicInteger KEYS = new AtomicInteger();
    private static final CacheRegion<Integer> REGION = PerfCache.builder("stress")
            .ticker(() -> 0)
            .executor(Runnable::run)
            .local(l -> l.maximumSize(1_000_000))
            .build()
            .region("r", Integer.class, CachePolicy.of(Duration.ofHours(1)));

    private SingleFlightRaces() {}

    private static final class Row {

        final String key = "k" + KEYS.incrementAndGet();
        volatile int number = 1;

        int get() {
            return REGION.getOrSet(key, () -> number);
        }

        /** Zero if there is none. */
        int look() {
            Integer seen = REGION.getIfPresent(key);
            return seen == null ? 0 : seen;
        }

        int last() {
            int last = get();
            REGION.invalidate(key);
            return last;
        }
    }

    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "one load for both")
    @Outcome(expect = FORBIDDEN, desc = "a second load")
    @State
    public static class TwoLeaders {

        private final AtomicInteger loads = new AtomicInteger();
        private final String key = "k" + KEYS.incrementAndGet();

        @Actor
        public void first(III_Result r) {
            r.r1 = REGION.getOrSet(key, loads::incrementAndGet);
        }

        @Actor
        public void second(III_Result r) {
            r.r2 = REGION.getOrSet(key, loads::incrementAndGet);
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = loads.get();
            REGION.invalidate(key);
        }
    }

    @JCStressTest
    @Outcome(
            id = {"0, 1, 2", "0, 2, 2", "2, 2, 2"},
            expect = ACCEPTABLE,
            desc = "in some order")
    @Outcome(expect = FORBIDDEN, desc = "what was seen was lost again")
    @State
    public static class PutAndLookAndLoad {

        private final Row row = new Row();

        @Actor
        public void put() {
            REGION.put(row.key, 2);
        }

        @Actor
        public void look(III_Result r) {
            r.r1 = row.look();
            r.r2 = row.get();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = row.last();
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1, 2", expect = ACCEPTABLE_INTERESTING, desc = "a load from before got the old number")
    @Outcome(id = "2, 2, 2", expect = ACCEPTABLE, desc = "all got the new number")
    @Outcome(expect = FORBIDDEN, desc = "an old number after the invalidation")
    @State
    public static class InvalidateAndLoadAndJoin {

        private final Row row = new Row();

        @Actor
        public void update(III_Result r) {
            row.number = 2;
            REGION.invalidate(row.key);
            r.r1 = row.get();
        }

        @Actor
        public void load(III_Result r) {
            r.r2 = row.get();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = row.last();
        }
    }

    @JCStressTest
    @Outcome(id = "2, 1, 2", expect = ACCEPTABLE_INTERESTING, desc = "a load from before got the old number")
    @Outcome(id = "2, 2, 2", expect = ACCEPTABLE, desc = "all got the new number")
    @Outcome(expect = FORBIDDEN, desc = "an old number after the invalidation")
    @State
    public static class PatternAndLoadAndJoin {

        private final Row row = new Row();

        @Actor
        public void update(III_Result r) {
            row.number = 2;
            REGION.invalidatePattern(row.key + "*");
            r.r1 = row.get();
        }

        @Actor
        public void load(III_Result r) {
            r.r2 = row.get();
        }

        @Arbiter
        public void after(III_Result r) {
            r.r3 = row.last();
        }
    }
}
