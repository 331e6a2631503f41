package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.CacheListener;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What key a call has. */
class CachingProxyKeysTest {

    static class Category {
        public final String code;

        Category(String code) {
            this.code = code;
        }
    }

    static class Bean<T> {
        private final T id;
        private final Category category;

        Bean(T id, Category category) {
            this.id = id;
            this.category = category;
        }

        public T getId() {
            return id;
        }

        public boolean isOpen() {
            return true;
        }

        public Category category() {
            return category;
        }
    }

    record Range(int from, Optional<String> to) {}

    record Page<T>(T after, int size) {}

    interface Keyed {

        @Cached(region = "k", key = "{id}")
        String one(long id);

        @Cached(region = "k", key = "{{{a}}}/{b}/{c}")
        String several(String a, DayOfWeek b, UUID c);

        @Cached(region = "k", key = "{bean.id}:{bean.open}:{bean.category.code}")
        String properties(Bean<Integer> bean);

        @Cached(region = "k", key = "{range.from}")
        String record(Range range);

        @Cached(region = "k", key = "constant")
        String constant();

        @Cached(region = "k", key = "{size}")
        String named(@KeyName("size") int x);

        @Cached(region = "k")
        String none();

        @Cached(region = "k")
        String all(String text, int number, BigDecimal decimal, DayOfWeek day, LocalDate date);

        @Cached(region = "k")
        String parts(int[] array, List<String> list, Set<Integer> set, Optional<String> optional, Range range);

        @Cached(region = "k")
        String page(Page<String> page, byte[][] bytes);

        @Cached(region = "k")
        String overloaded(int a);

        @Cached(region = "k")
        String overloaded(long a);
    }

    private final List<String> loaded = new ArrayList<>();
    private final PerfCache cache = PerfCache.builder("shop")
            .listener(new CacheListener() {
                @Override
                public void onLoad(String region, String key, Duration took, Throwable failure) {
                    loaded.add(key);
                }
            })
            .build();
    private final CacheRegion<String> region = cache.region("k", String.class, CachePolicy.of(Duration.ofHours(1)));
    private final List<String> calls = new ArrayList<>();
    private final Keyed keyed = CachingProxy.of(
            Keyed.class,
            (Keyed) java.lang.reflect.Proxy.newProxyInstance(
                    Keyed.class.getClassLoader(), new Class<?>[] {Keyed.class}, (proxy, method, arguments) -> {
                        calls.add(method.getName());
                        return "value" + calls.size();
                    }),
            cache);

    @AfterEach
    void close() {
        cache.close();
    }

    private void assertKey(String key, Consumer<Keyed> call) {
        loaded.clear();
        call.accept(keyed);
        call.accept(keyed);
        assertThat(loaded).containsExactly(key);
        assertThat(region.getIfPresent(key)).isNotNull();
    }

    @Test
    void template_values_standAsTheyAre() {
        UUID id = UUID.fromString("00000000-0000-0001-0000-000000000002");
        assertKey("42", k -> k.one(42));
        assertKey("{a:*}/MONDAY/" + id, k -> k.several("a:*", DayOfWeek.MONDAY, id));
        assertKey("constant", Keyed::constant);
        assertKey("3", k -> k.named(3));
    }

    @Test
    void template_properties_areGettersAccessorsAndPublicFields() {
        assertKey("5:true:tea", k -> k.properties(new Bean<>(5, new Category("tea"))));
        assertKey("7", k -> k.record(new Range(7, Optional.empty())));
    }

    @Test
    void template_nullOnThePath_goesPastTheCache() {
        keyed.several(null, DayOfWeek.MONDAY, null);
        keyed.properties(null);
        keyed.properties(new Bean<>(null, new Category("tea")));
        keyed.properties(new Bean<>(5, null));
        keyed.properties(new Bean<>(5, new Category(null)));
        assertThat(calls).hasSize(5);
        assertThat(loaded).isEmpty();
    }

    @Test
    void noTemplate_isTheMethodsNameAndItsArguments() {
        assertKey("none()", Keyed::none);
        assertKey(
                "all(\"a\\\"b\\\\\",1,2.50,MONDAY,\"2026-01-02\")",
                k -> k.all("a\"b\\", 1, new BigDecimal("2.50"), DayOfWeek.MONDAY, LocalDate.of(2026, 1, 2)));
        assertKey("all(null,1,null,null,null)", k -> k.all(null, 1, null, null, null));
        assertKey("all(\"null\",1,null,null,null)", k -> k.all("null", 1, null, null, null));
    }

    @Test
    void noTemplate_partsCountByContent() {
        assertKey(
                "parts([1,2],[\"a\",null,\"b\"],{2,3},<\"x\">,(1,<>))",
                k -> k.parts(
                        new int[] {1, 2},
                        Arrays.asList("a", null, "b"),
                        new LinkedHashSet<>(List.of(3, 2)),
                        Optional.of("x"),
                        new Range(1, Optional.empty())));
        assertKey("page((\"z\",9),[[1],null])", k -> k.page(new Page<>("z", 9), new byte[][] {{1}, null}));
    }

    @Test
    void noTemplate_overloadedMethods_differByTheirTypes() {
        assertKey("overloaded<int>(1)", k -> k.overloaded(1));
        assertKey("overloaded<long>(1)", k -> k.overloaded(1L));
    }
}
