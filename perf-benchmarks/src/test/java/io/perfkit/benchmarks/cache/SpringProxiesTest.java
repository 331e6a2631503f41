package io.perfkit.benchmarks.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.BulkKey;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;

/** Annotations of perf-cache on a class that Spring has put a proxy of its own before, as for {@code @Transactional}. */
class SpringProxiesTest {

    public interface Repository<T, I> {
        T findById(I key);

        Map<I, T> findAllById(Set<I> keys);

        void delete(I key);
    }

    public interface Names extends Repository<String, Long> {}

    public static class JdbcNames implements Names {

        private final AtomicInteger queries = new AtomicInteger();

        @Override
        @Cached(region = "name", key = "{id}")
        public String findById(Long id) {
            return "name " + id + "." + queries.incrementAndGet();
        }

        @Override
        @Cached(region = "name", key = "{ids}")
        public Map<Long, String> findAllById(@BulkKey Set<Long> ids) {
            Map<Long, String> found = new TreeMap<>();
            ids.forEach(id -> found.put(id, findById(id)));
            return found;
        }

        @Override
        @Invalidates(region = "name", key = "{id}")
        public void delete(Long id) {}
    }

    private static void assertCached(boolean generatedClass) {
        ProxyFactory spring = new ProxyFactory(new JdbcNames());
        spring.setProxyTargetClass(generatedClass);
        AtomicInteger intercepted = new AtomicInteger();
        spring.addAdvice((org.aopalliance.intercept.MethodInterceptor) invocation -> {
            intercepted.incrementAndGet();
            return invocation.proceed();
        });
        try (PerfCache cache = PerfCache.builder("spring").build()) {
            CacheRegion<String> region = cache.region("name", String.class, CachePolicy.of(Duration.ofHours(1)));
            Names names = CachingProxy.of(Names.class, (Names) spring.getProxy(), cache);
            assertThat(names.findById(1L)).isEqualTo("name 1.1");
            assertThat(names.findById(1L)).isEqualTo("name 1.1");
            assertThat(names.findAllById(Set.of(1L, 2L))).isEqualTo(Map.of(1L, "name 1.1", 2L, "name 2.2"));
            names.delete(1L);
            assertThat(region.getIfPresent("1")).isNull();
            assertThat(intercepted)
                    .as("each call of the class went through Spring")
                    .hasValue(3);
        }
    }

    @Test
    void jdkProxyOfSpring_annotationsOfTheClassBehind_areFollowed() {
        assertCached(false);
    }

    @Test
    void generatedSubclassOfSpring_annotationsOfTheClassBehind_areFollowed() {
        assertCached(true);
    }
}
