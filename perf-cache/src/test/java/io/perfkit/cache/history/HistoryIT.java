package io.perfkit.cache.history;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules 1 to 5 and 9 of the freshness contract, on four nodes, with a Redis that fails in every way. */
class HistoryIT {

    private static final int NODES = 4;

    @ParameterizedTest
    @CsvSource({"1, EMPTY, FAILOVER", "2, CLIENT_PAUSE, KILL", "3, FREEZE, EVICTION"})
    @Timeout(150)
    void randomCalls_redisFails_noReadBreaksARule(long seed, Fault one, Fault other) throws Exception {
        Histories.brief(seed, () -> new SingleSite(NODES), List.of(one, other));
    }

    @Test
    @Tag("full")
    void randomCalls_redisFailsForMinutes_noReadBreaksARule() throws Exception {
        Histories.full(() -> new SingleSite(NODES));
    }
}
