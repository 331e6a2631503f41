package io.perfkit.benchmarks.cache;

import com.github.benmanes.caffeine.cache.Caffeine;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.KeyName;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.caffeine.CaffeineCacheManager;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * A method of an interface that is cached by an annotation, and whose value is there: {@code @Cached} through a
 * {@code CachingProxy} with a key that is the argument, against {@code @Cacheable(sync = true)} through Spring's proxy
 * over Caffeine, both with one thread and single-flight.
 */
@Line("cache.proxy_hit")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class ProxyHit {

    private static final Duration TTL = Duration.ofHours(1);

    /** What an application declares. */
    interface Users {

        /** By perfkit. */
        @Cached(region = "user", key = "{id}")
        UserProfile findCached(@KeyName("id") long id);

        /** By Spring. */
        @Cacheable(cacheNames = "user", sync = true)
        UserProfile findCacheable(long id);
    }

    private static final class Table implements Users {

        @Override
        public UserProfile findCached(long id) {
            return new UserProfile(id, "user " + id);
        }

        @Override
        public UserProfile findCacheable(long id) {
            return new UserProfile(id, "user " + id);
        }
    }

    /** Perfkit's proxy. */
    @State(Scope.Benchmark)
    public static class Perfkit {

        private PerfCache cache;
        Users users;

        @Setup
        public void fill() {
            cache = PerfCache.builder("benchmark")
                    .local(local -> local.maximumSize(Keys.CAPACITY))
                    .build();
            cache.region("user", UserProfile.class, CachePolicy.of(TTL));
            users = CachingProxy.of(Users.class, new Table(), cache);
            for (int user = 1; user <= Keys.USERS; user++) {
                users.findCached(user);
            }
        }

        @TearDown
        public void close() {
            cache.close();
        }
    }

    /** Spring's proxy. */
    @State(Scope.Benchmark)
    public static class Spring {

        private AnnotationConfigApplicationContext context;
        Users users;

        @Setup
        public void fill() {
            context = new AnnotationConfigApplicationContext(Application.class);
            users = context.getBean(Users.class);
            for (int user = 1; user <= Keys.USERS; user++) {
                users.findCacheable(user);
            }
        }

        @TearDown
        public void close() {
            context.close();
        }
    }

    /** As in the documentation of Spring. */
    @Configuration(proxyBeanMethods = false)
    @EnableCaching
    public static class Application {

        /** The caches. */
        @Bean
        CaffeineCacheManager cacheManager() {
            CaffeineCacheManager caches = new CaffeineCacheManager("user");
            caches.setCaffeine(Caffeine.newBuilder().maximumSize(Keys.CAPACITY).expireAfterWrite(TTL));
            return caches;
        }

        /** What is cached. */
        @Bean
        Users users() {
            return new Table();
        }
    }

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit, Keys keys) {
        return perfkit.users.findCached(keys.nextUser());
    }

    @Benchmark
    @Side("spring-cacheable")
    public Object spring(Spring spring, Keys keys) {
        return spring.users.findCacheable(keys.nextUser());
    }
}
