package io.perfkit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.Batcher;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.monitoring.Monitored;
import io.perfkit.spring.batching.BatchLoader;
import io.perfkit.spring.batching.BatchingAutoConfiguration;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import io.perfkit.spring.jobs.HandlesJob;
import io.perfkit.spring.jobs.JobsAutoConfiguration;
import io.perfkit.spring.monitoring.MonitoringAutoConfiguration;
import io.perfkit.spring.pagination.PaginationAutoConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** What devtools do at each restart: the application's classes have a class loader of their own, which is then thrown away. */
class RestartTest {

    public record View(long id, String name) {}

    public record Report(long owner) {}

    public static class Owners {

        @Monitored
        @Cached(region = "owner", key = "{id}")
        public View find(long id) {
            return new View(id, "n");
        }

        @BatchLoader("views")
        public Map<Long, View> views(Set<Long> ids) {
            Map<Long, View> views = new HashMap<>();
            ids.forEach(id -> views.put(id, new View(id, "n")));
            return views;
        }

        @HandlesJob
        public View report(Report report) {
            return find(report.owner());
        }
    }

    /** Has the classes above for itself. */
    private static final class OwnClasses extends ClassLoader {

        OwnClasses() {
            super(RestartTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            // With the class around them, which a nested class names.
            if (!name.startsWith(RestartTest.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> known = findLoadedClass(name);
            if (known != null) {
                return known;
            }
            try (InputStream bytes = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] all = bytes.readAllBytes();
                return defineClass(name, all, 0, all.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }
    }

    @Test
    @Timeout(60)
    void classes_ofAnApplicationThatWasClosed_areCollected() throws Exception {
        WeakReference<ClassLoader> classes = startUseAndClose();
        dropSoftReferences();
        await().atMost(Duration.ofSeconds(30)).until(() -> {
            System.gc();
            return classes.get() == null;
        });
    }

    private static WeakReference<ClassLoader> startUseAndClose() throws Exception {
        ClassLoader loader = new OwnClasses();
        Class<?> type = loader.loadClass(Owners.class.getName());
        ClassLoader callers = Thread.currentThread().getContextClassLoader();
        Thread.currentThread().setContextClassLoader(loader);
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            context.setClassLoader(loader);
            TestPropertyValues.of("perfkit.jobs.store=memory").applyTo(context);
            context.register(
                    CacheAutoConfiguration.class,
                    MonitoringAutoConfiguration.class,
                    BatchingAutoConfiguration.class,
                    PaginationAutoConfiguration.class,
                    JobsAutoConfiguration.class,
                    type);
            context.refresh();
            Object owners = context.getBean(type);
            assertThat(owners.getClass().getMethod("find", long.class).invoke(owners, 1L))
                    .hasToString("View[id=1, name=n]");
            @SuppressWarnings("unchecked")
            Batcher<Long, Object> views = context.getBean("views", Batcher.class);
            assertThat(views.get(1L)).hasToString("View[id=1, name=n]");
            JobQueue jobs = context.getBean(JobQueue.class);
            Object report = loader.loadClass(Report.class.getName())
                    .getConstructor(long.class)
                    .newInstance(1L);
            assertThat(jobs.await(jobs.submit(report), Duration.ofSeconds(20)).isFinished())
                    .isTrue();
        } finally {
            Thread.currentThread().setContextClassLoader(callers);
        }
        return new WeakReference<>(loader);
    }

    /** As a JVM does before it gives up; reflection and Spring keep what they have worked out softly. */
    private static void dropSoftReferences() {
        try {
            long[] moreThanThereIs = new long[Integer.MAX_VALUE - 8];
            assertThat(moreThanThereIs).isNotNull();
        } catch (OutOfMemoryError expected) {
            // All soft references have been cleared.
        }
    }
}
