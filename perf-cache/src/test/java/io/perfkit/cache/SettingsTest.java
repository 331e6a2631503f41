package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {

    @Test
    void policy_defaults_areOneHourAndNothingStale() {
        CachePolicy policy = CachePolicy.builder().build();
        assertThat(policy.ttl()).isEqualTo(Duration.ofHours(1));
        assertThat(policy.staleWhileRevalidate()).isZero();
        assertThat(policy.localOnly()).isFalse();
    }

    @Test
    void policy_toBuilder_keepsTheOtherSettings() {
        CachePolicy policy = CachePolicy.builder()
                .ttl(Duration.ofMinutes(3))
                .staleWhileRevalidate(Duration.ofMinutes(1))
                .localOnly()
                .build();
        assertThat(policy.toBuilder().build()).isEqualTo(policy).hasSameHashCodeAs(policy);
        assertThat(policy.toBuilder().ttl(Duration.ofMinutes(4)).build().localOnly())
                .isTrue();
    }

    @Test
    void policy_badValues_areRejectedAtOnce() {
        assertThatThrownBy(() -> CachePolicy.builder().ttl(Duration.ZERO))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("ttl must be at least 1 ms, but was PT0S");
        assertThatThrownBy(() -> CachePolicy.builder().ttl(Duration.ofDays(3651)))
                .hasMessage("ttl must be at most 3650 days, but was PT87624H");
        assertThatThrownBy(() -> CachePolicy.builder().staleWhileRevalidate(Duration.ofSeconds(-1)))
                .hasMessage("staleWhileRevalidate must not be negative, but was PT-1S");
    }

    @Test
    void local_badValues_areRejectedAtOnce() {
        assertThatThrownBy(() -> PerfCache.builder("shop").local(l -> l.maximumSize(-3)))
                .hasMessage("maximumSize must be at least 1, but was -3");
        assertThatThrownBy(() -> PerfCache.builder("shop").local(l -> l.maximumWeight(0)))
                .hasMessage("maximumWeight must be at least 1, but was 0");
    }

    @Test
    void local_sizeAndWeight_failTogetherNamingBoth() {
        assertThatThrownBy(() -> PerfCache.builder("shop")
                        .local(l -> l.maximumSize(10).maximumWeight(20))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("maximumSize (10)")
                .hasMessageContaining("maximumWeight (20)");
    }

    @Test
    void build_settingsOfTheSharedTierWithoutOne_failNamingBoth() {
        assertThatThrownBy(() -> PerfCache.builder("shop")
                        .commandTimeout(Duration.ofSeconds(1))
                        .build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("commandTimeout")
                .hasMessageContaining("shared(...)");
        assertThatThrownBy(() ->
                        PerfCache.builder("shop").maximumPendingInvalidations(5).build())
                .hasMessageContaining("maximumPendingInvalidations");
        assertThatThrownBy(() -> PerfCache.builder("shop")
                        .maxStaleness(Duration.ofSeconds(1))
                        .build())
                .hasMessageContaining("maxStaleness");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:b", "a{b", "}", "ä"})
    void names_thatWouldBreakRedisKeys_areRejected(String name) {
        assertThatThrownBy(() -> PerfCache.builder(name)).hasMessageContaining("'" + name + "'");
    }

    @Test
    void region_definedTwiceInTheSameWay_isTheSame() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CachePolicy policy = CachePolicy.of(Duration.ofMinutes(1));
            assertThat(cache.region("a", String.class, policy)).isSameAs(cache.region("a", String.class, policy));
        }
    }

    @Test
    void region_definedTwiceAndDifferently_showsTheDifference() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            cache.region("a", String.class, CachePolicy.of(Duration.ofMinutes(1)));
            assertThatThrownBy(() -> cache.region(
                            "a",
                            Integer.class,
                            CachePolicy.builder()
                                    .ttl(Duration.ofMinutes(2))
                                    .localOnly()
                                    .build()))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("'a'")
                    .hasMessageContaining("java.lang.String")
                    .hasMessageContaining("java.lang.Integer")
                    .hasMessageContaining("ttl PT1M and PT2M")
                    .hasMessageContaining("localOnly false and true");
        }
    }

    @Test
    void region_afterClose_isAnError() {
        PerfCache cache = PerfCache.builder("shop").build();
        cache.close();
        cache.close();
        assertThatThrownBy(() -> cache.region("a", String.class, CachePolicy.of(Duration.ofMinutes(1))))
                .hasMessageContaining("closed");
    }

    @Test
    void maximumSize_exceeded_evicts() {
        try (PerfCache cache = PerfCache.builder("shop")
                .local(l -> l.maximumSize(10))
                .executor(Runnable::run)
                .build()) {
            CacheRegion<String> region = cache.region("a", String.class, CachePolicy.of(Duration.ofMinutes(1)));
            for (int i = 0; i < 1_000; i++) {
                region.put("k" + i, "v");
            }
            assertThat(region.stats().localEntries()).isLessThanOrEqualTo(10);
            assertThat(region.stats().evictions()).isGreaterThanOrEqualTo(990);
        }
    }

    @Test
    void maximumWeight_exceeded_evictsByEncodedSize() {
        try (PerfCache cache = PerfCache.builder("shop")
                .local(l -> l.maximumWeight(10_000))
                .executor(Runnable::run)
                .build()) {
            CacheRegion<byte[]> region = cache.region("a", byte[].class, CachePolicy.of(Duration.ofMinutes(1)));
            for (int i = 0; i < 100; i++) {
                region.put("k" + i, new byte[1_000]);
            }
            assertThat(region.stats().localEntries()).isBetween(1L, 9L);
        }
    }
}
