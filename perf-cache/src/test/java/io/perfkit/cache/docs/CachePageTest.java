package io.perfkit.cache.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.CacheStats;
import io.perfkit.cache.Codec;
import io.perfkit.cache.Invalidation;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.json.JsonCodec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.core.type.TypeReference;

/** The snippets of docs/cache.md and of the pages docs/cache-*.md that need no Redis, run. */
class CachePageTest {

    record UserProfile(int id, String name) {}

    record Row(String product, long cents) {}

    /** The application's own. */
    private static final class Database {

        private int loads;

        UserProfile loadProfile(int id) {
            loads++;
            return new UserProfile(id, "Ada");
        }

        Map<String, UserProfile> loadProfiles(Set<String> ids) {
            return ids.stream().collect(Collectors.toMap(id -> id, id -> loadProfile(Integer.parseInt(id))));
        }

        List<Row> salesReport() {
            return List.of(new Row("tea", 250));
        }
    }

    private final Database database = new Database();

    @Test
    void quickStart() {
        PerfCache cache =
                PerfCache.builder("shop").local(l -> l.maximumSize(10_000)).build();
        CacheRegion<UserProfile> users =
                cache.region("user", UserProfile.class, CachePolicy.of(Duration.ofMinutes(30)));

        UserProfile profile = users.getOrSet("42:profile", () -> database.loadProfile(42));
        users.invalidatePattern("42:*");

        assertThat(profile.name()).isEqualTo("Ada");
        assertThat(users.getIfPresent("42:profile")).isNull();
        cache.close();
    }

    @Test
    void staleWhileRevalidate() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<List<Row>> reports = cache.region(
                    "report",
                    JsonCodec.of(new TypeReference<List<Row>>() {}),
                    CachePolicy.builder()
                            .ttl(Duration.ofMinutes(1))
                            .staleWhileRevalidate(Duration.ofMinutes(10))
                            .build());
            List<Row> report = reports.getOrSet("sales:2026", key -> database.salesReport());

            assertThat(report).hasSize(1);
        }
    }

    @Test
    void awaitingAndStats() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<String> names = cache.region("name", Codec.strings(), CachePolicy.of(Duration.ofHours(1)));
            names.put("42", "Ada");

            Invalidation invalidation = names.invalidate("42");
            boolean acknowledged = invalidation.await(Duration.ofSeconds(1));

            CacheStats stats = names.stats();
            long loads = stats.loads();

            assertThat(acknowledged).isTrue();
            assertThat(loads).isZero();
        }
    }

    private record Fetched(String body, Duration maxAge, String site) {}

    private static final class Site {

        private Duration maxAge = Duration.ofSeconds(5);

        Fetched fetch(String page, String stale) {
            return new Fetched(page + " after " + stale, maxAge, page);
        }
    }

    private final Site site = new Site();

    @Test
    void contextAndTags() {
        contextAndTags(true);
    }

    /** A ttl of zero once failed the call. */
    @Test
    void contextAndTags_ofASiteThatSaysMaxAgeZero_isNotStored() {
        site.maxAge = Duration.ZERO;
        contextAndTags(false);
    }

    private void contextAndTags(boolean stored) {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<String> pages = cache.region("page", String.class, CachePolicy.of(Duration.ofHours(1)));
            String page = pages.getOrSet("news", (key, context) -> {
                Fetched fetched = site.fetch(key, context.staleValue());
                context.ttl(fetched.maxAge()).tags("site:" + fetched.site());
                return fetched.body();
            });
            assertThat(pages.getIfPresent("news")).isEqualTo(stored ? page : null);
            pages.invalidateTag("site:news");
            assertThat(page).isEqualTo("news after null");
            assertThat(pages.getIfPresent("news")).isNull();
        }
    }

    @Test
    void manyKeys() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<UserProfile> users =
                    cache.region("user", UserProfile.class, CachePolicy.of(Duration.ofMinutes(30)));
            Map<String, UserProfile> team =
                    users.getOrSetAll(List.of("1", "2", "3"), missing -> database.loadProfiles(missing));
            assertThat(team).containsOnlyKeys("1", "2", "3");
        }
    }

    @Test
    void everySetting() {
        CachePolicy prices = CachePolicy.builder()
                .ttl(Duration.ofMinutes(10))
                .ttlJitter(0.1)
                .staleWhileRevalidate(Duration.ofMinutes(1))
                .staleIfError(Duration.ofHours(2))
                .nullTtl(Duration.ofSeconds(30))
                .loadTimeout(Duration.ofMillis(300), Duration.ofSeconds(3))
                .crossNodeLoads(Duration.ofSeconds(10))
                .build();
        assertThat(prices.staleIfError()).isEqualTo(Duration.ofHours(2));
    }

    @Test
    void freshnessAndOutages() {
        CachePolicy dashboard = CachePolicy.builder()
                .ttl(Duration.ofMinutes(1))
                .staleWhileRevalidate(Duration.ofMinutes(10))
                .staleIfError(Duration.ofHours(2))
                .build();
        CachePolicy prices = CachePolicy.builder()
                .ttl(Duration.ofMinutes(10))
                .staleIfError(Duration.ofHours(2))
                .loadTimeout(Duration.ofMillis(300), Duration.ofSeconds(3))
                .build();
        assertThat(dashboard.staleIfError()).isEqualTo(prices.staleIfError());
    }

    @Test
    void escaping() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<String> users = cache.region("user", String.class, CachePolicy.of(Duration.ofMinutes(30)));
            users.put("7:name", "Ada");
            String userId = "*";

            users.invalidatePattern(CacheRegion.escape(userId) + ":*");

            assertThat(users.getIfPresent("7:name")).isEqualTo("Ada");
        }
    }

    @Test
    void copying() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            CacheRegion<List<String>> names = cache.region(
                    "team", JsonCodec.of(new TypeReference<List<String>>() {}), CachePolicy.of(Duration.ofHours(1)));
            CacheRegion<List<String>> own = names.copying(ArrayList::new);
            own.getOrSet("team", key -> List.of("Ada", "Grace")).add("Linus");

            assertThat(own.getIfPresent("team")).containsExactly("Ada", "Grace");
        }
    }

    record Project(String name) {}

    @Test
    void fromProperties() {
        Properties settings = new Properties();
        settings.setProperty("projects.ttl", "300s");
        settings.setProperty("dashboard.ttl", "1m");
        settings.setProperty("dashboard.stale-while-revalidate", "10m");
        PerfCache cache = PerfCache.builder("shop").policies(settings).build();
        CacheRegion<Project> projects = cache.region("projects", Project.class);

        assertThat(projects.policy().ttl()).isEqualTo(Duration.ofMinutes(5));
        cache.close();
    }
}
