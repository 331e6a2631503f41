package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CachePolicy.OnUnreachable;
import java.time.Duration;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyPropertiesTest {

    private static Properties properties(String... namesAndValues) {
        Properties properties = new Properties();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            properties.setProperty(namesAndValues[i], namesAndValues[i + 1]);
        }
        return properties;
    }

    @Test
    void regions_everySetting_isRead() {
        var policies = PolicyProperties.read(properties(
                "projects.ttl", "300s",
                "projects.ttl-jitter", "0.1",
                "projects.stale-while-revalidate", "1m",
                "projects.staleIfError", "PT2H",
                "projects.refresh-ahead", "1.5",
                "projects.null-ttl", "250ms",
                "projects.soft-load-timeout", "1s",
                "projects.hard-load-timeout", "3s",
                "projects.cross-node-loads", "10s",
                "projects.compress-above", "4096",
                "projects.shared-only", "true",
                "projects.on-unreachable", "fail",
                "projects.schema-version", "7",
                "dashboard.local-only", "true",
                "dashboard.shared-only", "false"));
        assertThat(policies.get("projects"))
                .isEqualTo(CachePolicy.builder()
                        .ttl(Duration.ofMinutes(5))
                        .ttlJitter(0.1)
                        .staleWhileRevalidate(Duration.ofMinutes(1))
                        .staleIfError(Duration.ofHours(2))
                        .refreshAhead(1.5)
                        .nullTtl(Duration.ofMillis(250))
                        .loadTimeout(Duration.ofSeconds(1), Duration.ofSeconds(3))
                        .crossNodeLoads(Duration.ofSeconds(10))
                        .compressAbove(4096)
                        .sharedOnly()
                        .onUnreachable(OnUnreachable.FAIL)
                        .schemaVersion(7)
                        .build());
        assertThat(policies.get("dashboard"))
                .isEqualTo(CachePolicy.builder().localOnly().build());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ttl | 5m | The property 'ttl' has not the form region.setting, such as projects.ttl",
                "a.tll | 5m | The property 'a.tll' names no setting of a region. The settings are: ttl,",
                "a.ttl | 5 | The property 'a.ttl' must be a duration such as 250ms, 10s, 5m, 2h, 1d or PT5M, but was '5'",
                "a.ttl | 0s | ttl must be at least 1 ms, but was PT0S",
                "a.ttl-jitter | some | The property 'a.ttl-jitter' must be a number such as 0.1, but was 'some'",
                "a.ttl-jitter | NaN | ttlJitter must be between 0 and 0.9, but was NaN",
                "a.compress-above | 1e3 | The property 'a.compress-above' must be a whole number, but was '1e3'",
                "a.local-only | yes | The property 'a.local-only' must be true or false, but was 'yes'",
                "a.on-unreachable | panic | The property 'a.on-unreachable' must be one of [CONTINUE, FAIL], but was",
                "a.soft-load-timeout | 1s | The property 'a.softLoadTimeout' (PT1S) needs 'a.hardLoadTimeout' beside it",
                "a:b.ttl | 1s | The name of a region must consist of",
            })
    void regions_badProperty_isAnErrorThatNamesIt(String name, String value, String message) {
        assertThatThrownBy(() -> PerfCache.builder("shop").policies(properties(name, value)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message);
    }

    @Test
    void region_definedByType_takesThePolicyOfItsName() {
        try (PerfCache cache = PerfCache.builder("shop")
                .policies(properties("projects.ttl", "300s"))
                .build()) {
            assertThat(cache.region("projects", String.class).policy())
                    .isEqualTo(CachePolicy.of(Duration.ofMinutes(5)));
            assertThat(cache.findRegion("projects")).isSameAs(cache.region("projects", String.class));
            assertThat(cache.regions()).hasSize(1);
            assertThat(cache.findRegion("projects").valueType().orElseThrow()).isEqualTo(String.class);
            assertThatThrownBy(() -> cache.region("others", String.class))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("Region 'others' of cache 'shop' has no policy")
                    .hasMessageContaining("[projects]");
        }
    }

    @Test
    void properties_thatContradictEachOther_areABadValueThatNamesTheRegion() {
        Properties both = properties("projects.local-only", "true", "projects.shared-only", "true");
        assertThatThrownBy(() -> PerfCache.builder("shop").policies(both))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(
                        "The properties of region 'projects': localOnly and sharedOnly exclude each other");
    }

    @Test
    void policy_contradictions_failNamingBoth() {
        assertThatThrownBy(() -> CachePolicy.builder().localOnly().sharedOnly().build())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                        "localOnly and sharedOnly exclude each other: a region with both has no tier left. Leave one "
                                + "of them out");
        assertThatThrownBy(() -> CachePolicy.builder()
                        .localOnly()
                        .crossNodeLoads(Duration.ofSeconds(1))
                        .build())
                .hasMessageContaining("localOnly and crossNodeLoads(PT1S)");
        assertThatThrownBy(() -> CachePolicy.builder().loadTimeout(Duration.ofSeconds(2), Duration.ofSeconds(1)))
                .hasMessage("The hard loadTimeout (PT1S) must not be shorter than the soft one (PT2S)");
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            assertThatThrownBy(() -> cache.region(
                            "r",
                            String.class,
                            CachePolicy.builder().sharedOnly().build()))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("build it with shared(...)");
        }
    }
}
