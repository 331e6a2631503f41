package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Changes that a proxy does not see are told of when it is made. */
class UnannotatedMethodsTest {

    interface Crud<T, K> {
        T save(T entity);

        List<T> saveAll(Iterable<T> entities);

        void deleteById(K id);

        Optional<T> findById(K id);

        long count();

        String address();

        int settings();
    }

    interface Products extends Crud<String, Long> {
        @Override
        @Cached(region = "text", key = "{id}")
        Optional<String> findById(@KeyName("id") Long id);

        void renameAll();
    }

    interface Covered extends Products {
        @Override
        @Invalidates(region = "text", all = true)
        String save(String entity);

        @Override
        @Invalidates(region = "text", all = true)
        List<String> saveAll(Iterable<String> entities);

        @Override
        @Invalidates(region = "text", key = "{id}")
        void deleteById(@KeyName("id") Long id);

        @Override
        @KeepsCached
        void renameAll();
    }

    @KeepsCached
    interface Declared extends Products {}

    interface OnlyInvalidates extends Crud<String, Long> {
        @Override
        @Invalidates(region = "text", key = "{id}")
        void deleteById(@KeyName("id") Long id);
    }

    private static String warning(Class<?> type) {
        List<Method> unannotated = Arrays.stream(type.getMethods())
                .filter(method -> !Marks.of(method).isOnMethod() && !method.isBridge())
                .toList();
        return String.valueOf(UnannotatedMethods.warning(type, TargetClass.of(new Object()), unannotated));
    }

    @Test
    void inheritedChanges_beside_cachedFinders_areNamedWithTheRemedy() {
        assertThat(warning(Products.class))
                .isEqualTo(Products.class.getName() + " has @Cached methods, and methods that sound as if they "
                        + "changed something and have no annotation: deleteById(Object) of Crud, renameAll(), "
                        + "save(Object) of Crud, saveAll(Iterable) of Crud. What they change stays cached. Declare "
                        + "them in Products (by overriding, where they are inherited) with @Invalidates or "
                        + "@Updates, or with @KeepsCached if they change nothing that is cached");
    }

    @Test
    void changes_thatAreAnnotatedOrDeclaredHarmless_areNotNamed() {
        assertThat(warning(Covered.class)).isEqualTo("null");
        assertThat(warning(Declared.class)).isEqualTo("null");
    }

    @Test
    void interfaceWithoutCachedMethods_isNotNamed() {
        assertThat(warning(OnlyInvalidates.class)).isEqualTo("null");
    }

    @Test
    void proxy_whenItIsMade_logsTheWarningOnceWithTheCachesName() {
        Logger logger = (Logger) LoggerFactory.getLogger(CachingProxy.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try (PerfCache cache = PerfCache.builder("told").build()) {
            cache.region("text", String.class, CachePolicy.of(Duration.ofMinutes(1)));
            Products target = (Products) Proxy.newProxyInstance(
                    Products.class.getClassLoader(),
                    new Class<?>[] {Products.class},
                    (proxy, method, arguments) -> null);
            Products products = CachingProxy.of(Products.class, target, cache);
            products.renameAll();
            products.renameAll();

            assertThat(lines.list).singleElement().satisfies(line -> {
                assertThat(line.getLevel()).isEqualTo(Level.WARN);
                assertThat(line.getFormattedMessage()).isEqualTo("Cache 'told': " + warning(Products.class));
            });
        } finally {
            logger.detachAppender(lines);
        }
    }
}
