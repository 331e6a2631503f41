package io.perfkit.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.Acknowledgement;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What {@link HistoryIT} shows of one Redis, of a cluster of three masters with a replica each, whose slots move meanwhile,
 * and which fail over to replicas that lag.
 */
class ClusterHistoryIT {

    private static final int NODES = 4;

    @Test
    @Timeout(150)
    void randomCalls_slotsMoveAndMastersFail_noReadBreaksARule() throws Exception {
        Histories.brief(
                1, () -> new ClusterSite(NODES), List.of(Fault.MOVE, Fault.KILL, Fault.EVICTION, Fault.FAILOVER));
    }

    @Test
    @Tag("full")
    void randomCalls_slotsMoveAndMastersFailForMinutes_noReadBreaksARule() throws Exception {
        Histories.full(() -> new ClusterSite(NODES));
    }

    /**
     * Found by seed 5: the event of the put is sent when its fence was planted, which on a cluster takes a round trip.
     * A pattern that was called meanwhile got the earlier epoch, and the value of the put survived it.
     */
    @Test
    @Timeout(60)
    void put_thenAPatternAtOnce_theValueIsGone() {
        try (ClusterSite site = new ClusterSite(2);
                PerfCache first = PerfCache.builder("c").shared(site.tier(0)).build();
                PerfCache second = PerfCache.builder("c").shared(site.tier(1)).build()) {
            CacheRegion<String> here = region(first);
            CacheRegion<String> there = region(second);
            for (int i = 0; i < 200; i++) {
                String key = "k" + i;
                Acknowledgement put = here.put(key, "put");
                Acknowledgement pattern = i % 2 == 0 ? here.invalidatePattern(key + "*") : here.clear();
                assertThat(put.await(Duration.ofSeconds(10)) && pattern.await(Duration.ofSeconds(10)))
                        .isTrue();
                assertThat(here.getIfPresent(key)).isNull();
                assertThat(there.getIfPresent(key)).isNull();
            }
        }
    }

    private static CacheRegion<String> region(PerfCache cache) {
        return cache.region("r", String.class, CachePolicy.of(Duration.ofMinutes(10)));
    }
}
