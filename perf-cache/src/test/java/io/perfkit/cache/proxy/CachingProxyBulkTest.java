package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One entry for each element, one load of what is missing. */
class CachingProxyBulkTest {

    record Sku(String shop, Integer number) {}

    interface Names {

        @Cached(region = "name", key = "{id}")
        String find(long id);

        @Cached(region = "name", key = "{ids}")
        Map<Long, String> findAll(@BulkKey Set<Long> ids);

        @Cached(region = "name", key = "{tenant}:{skus.number}")
        Map<Sku, String> bySku(String tenant, @BulkKey List<Sku> skus) throws IOException;

        @Cached(region = "name")
        Map<Long, String> keyless(@BulkKey Collection<Long> ids, boolean deep);

        @Invalidates(region = "name", key = "{ids}")
        void remove(@BulkKey Collection<Long> ids);

        @Invalidates(region = "name", pattern = "{ids}*")
        void removeLike(@BulkKey List<String> ids);
    }

    private final PerfCache cache = PerfCache.builder("shop").build();
    private final CacheRegion<String> region = cache.region("name", String.class, CachePolicy.of(Duration.ofHours(1)));
    private final List<Collection<?>> asked = new ArrayList<>();
    private IOException failure;

    private final Names names = CachingProxy.of(
            Names.class,
            new Names() {
                @Override
                public String find(long id) {
                    asked.add(List.of(id));
                    return "n" + id;
                }

                @Override
                public Map<Long, String> findAll(Set<Long> ids) {
                    asked.add(ids);
                    Map<Long, String> found = new HashMap<>();
                    ids.stream().filter(id -> id < 100).forEach(id -> found.put(id, id == 13 ? null : "n" + id));
                    found.put(77L, "not asked for");
                    return ids.contains(1_000L) ? null : found;
                }

                @Override
                public Map<Sku, String> bySku(String tenant, List<Sku> skus) throws IOException {
                    asked.add(skus);
                    if (failure != null) {
                        throw failure;
                    }
                    Map<Sku, String> found = new HashMap<>();
                    skus.forEach(sku -> found.put(sku, tenant + sku.number()));
                    return found;
                }

                @Override
                public Map<Long, String> keyless(Collection<Long> ids, boolean deep) {
                    asked.add(ids);
                    Map<Long, String> found = new HashMap<>();
                    ids.forEach(id -> found.put(id, deep + "" + id));
                    return found;
                }

                @Override
                public void remove(Collection<Long> ids) {}

                @Override
                public void removeLike(List<String> ids) {}
            },
            cache);

    @AfterEach
    void close() {
        cache.close();
    }

    private static Set<Long> ids(Long... ids) {
        return new LinkedHashSet<>(Arrays.asList(ids));
    }

    @Test
    void bulk_someCached_loadsOnlyTheOthersInOneCall() {
        names.find(2);
        assertThat(names.findAll(ids(3L, 2L, 1L))).containsExactly(entry(3L, "n3"), entry(2L, "n2"), entry(1L, "n1"));
        assertThat(names.findAll(ids(1L, 2L, 3L))).containsExactly(entry(1L, "n1"), entry(2L, "n2"), entry(3L, "n3"));
        assertThat(names.find(3)).isEqualTo("n3");
        assertThat(asked).containsExactly(List.of(2L), ids(3L, 1L));
    }

    @Test
    void bulk_elementsWithoutValue_areLeftOutAndNotCached() {
        assertThat(names.findAll(ids(1L, 13L, 200L))).containsExactly(entry(1L, "n1"));
        assertThat(names.findAll(ids(1L, 13L, 200L))).containsOnlyKeys(1L);
        assertThat(asked).containsExactly(ids(1L, 13L, 200L), ids(13L, 200L));
        assertThat(region.getIfPresent("77")).isNull();
        assertThat(names.findAll(ids(1_000L))).isEmpty();
    }

    @Test
    void bulk_emptyAndNull_areNotAskedOrGoPast() {
        assertThat(names.findAll(Set.of())).isEmpty();
        assertThat(asked).isEmpty();
        assertThatThrownBy(() -> names.findAll(null)).isInstanceOf(NullPointerException.class);
        assertThat(names.keyless(Arrays.asList(1L, null), true)).hasSize(2);
        assertThat(names.keyless(Arrays.asList(1L, null), true)).hasSize(2);
        assertThat(asked).hasSize(3);
    }

    @Test
    void bulk_result_isTheCallersOwn() {
        Map<Long, String> first = names.findAll(ids(1L));
        first.clear();
        assertThat(names.findAll(ids(1L))).containsOnlyKeys(1L);
    }

    @Test
    void bulk_propertiesAndOtherArguments_makeTheKeys() throws IOException {
        List<Sku> skus = List.of(new Sku("a", 1), new Sku("b", 2), new Sku("a", 1));
        assertThat(names.bySku("t", skus)).containsExactly(entry(skus.get(0), "t1"), entry(skus.get(1), "t2"));
        assertThat(region.getIfPresent("t:1")).isEqualTo("t1");
        assertThat(region.getIfPresent("t:2")).isEqualTo("t2");
        assertThat(asked).containsExactly(skus.subList(0, 2));
        names.bySku("t", List.of(new Sku("a", null), skus.get(0)));
        names.bySku(null, skus);
        assertThat(asked).hasSize(3);
    }

    @Test
    void bulk_withoutKey_hasOneOfEachElement() {
        assertThat(names.keyless(List.of(1L, 2L), true)).containsEntry(2L, "true2");
        assertThat(names.keyless(List.of(2L), false)).containsEntry(2L, "false2");
        assertThat(region.getIfPresent("keyless(2,true)")).isEqualTo("true2");
        assertThat(region.getIfPresent("keyless(2,false)")).isEqualTo("false2");
    }

    @Test
    void bulk_failure_isUnchangedAndNotCached() {
        failure = new IOException("down");
        List<Sku> skus = List.of(new Sku("a", 1), new Sku("b", 2));
        assertThatThrownBy(() -> names.bySku("t", skus)).isSameAs(failure);
        assertThatThrownBy(() -> names.bySku("t", skus)).isSameAs(failure);
    }

    @Test
    void invalidates_withBulkKey_invalidatesEachElement() {
        names.findAll(ids(1L, 2L, 3L));
        names.remove(List.of(1L, 3L));
        asked.clear();
        names.findAll(ids(1L, 2L, 3L));
        assertThat(asked).containsExactly(ids(1L, 3L));
        names.remove(List.of());
        names.findAll(ids(1L, 2L, 3L));
        names.removeLike(List.of("2", "3"));
        names.findAll(ids(1L, 2L, 3L));
        assertThat(asked).containsExactly(ids(1L, 3L), ids(2L, 3L));
        names.remove(null);
        assertThat(region.getIfPresent("1")).isNull();
    }
}
