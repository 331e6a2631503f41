package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Interleavings of calls, as the steps of which they consist. */
class LocalTierTest {

    private final LocalTier<Integer> tier = new LocalTier<>(
            "r", new LocalOptions(), true, CoarseClock.of(() -> 0), Runnable::run, new Counters("r", null));

    private Entry<Integer> entry(int value) {
        long until = TimeUnit.HOURS.toNanos(1);
        return new Entry<>(value, tier.epoch(), until, new Entry.Instants(until, until, until, 0), List.of(), 0);
    }

    private Integer get() {
        Entry<Integer> entry = tier.peek("k1");
        Entry<Integer> live = entry == null ? null : tier.live("k1", entry);
        return live == null || live.freshUntil() < 0 ? null : live.value;
    }

    static List<Consumer<LocalTier<Integer>>> invalidations() {
        return List.of(tier -> tier.invalidate(Glob.of("?1")), tier -> tier.makeDue(Glob.of("*1")), LocalTier::clear);
    }

    /**
     * Found by {@link LocalTierLincheckTest#taggedCalls_stressed_areLinearizable} on JDK 25: {@code put(1, 3)} beside
     * {@code expirePattern(1)} and then {@code put(1, 4)}, all returned, then {@code getIfPresent(1)} was null. The first
     * put had begun before the pattern, and was stored over the second one's value under the earlier epoch.
     */
    @ParameterizedTest
    @MethodSource("invalidations")
    void put_thatBeganBeforeAPattern_storedAfterALaterPut_hasAValue(Consumer<LocalTier<Integer>> invalidation) {
        Entry<Integer> early = entry(3);
        invalidation.accept(tier);
        tier.put("k1", entry(4));
        assertThat(get()).isEqualTo(4);
        tier.put("k1", early);
        assertThat(get()).isEqualTo(3);
    }

    @ParameterizedTest
    @MethodSource("invalidations")
    void put_thenAPattern_isGone(Consumer<LocalTier<Integer>> invalidation) {
        tier.put("k1", entry(3));
        invalidation.accept(tier);
        assertThat(get()).isNull();
    }
}
