package io.perfkit.spring.aot;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.monitoring.Monitored;
import io.perfkit.spring.actuate.ActuatorAutoConfiguration;
import io.perfkit.spring.app.OwnerView;
import io.perfkit.spring.batching.BatchLoader;
import io.perfkit.spring.batching.BatchingAutoConfiguration;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import io.perfkit.spring.connections.ConnectionsAutoConfiguration;
import io.perfkit.spring.jobs.HandlesJob;
import io.perfkit.spring.monitoring.MonitoringAutoConfiguration;
import io.perfkit.spring.pagination.PaginationAutoConfiguration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.javapoet.ClassName;

/** What Spring prepares when the application is built. */
class AheadOfTimeTest {

    record Report(long owner) {}

    static class Timed {
        @Monitored
        public void run() {}
    }

    static class Owners {
        @Cached(region = "owner", key = "{id}")
        public OwnerView find(long id) {
            return new OwnerView(id, "c");
        }

        @HandlesJob
        public OwnerView report(Report report) {
            return find(report.owner());
        }

        @BatchLoader("names")
        public Map<Long, String> names(Set<Long> ids) {
            return Map.of();
        }
    }

    @Test
    void application_processedAheadOfTime_hasCodeForBatchersAndHintsForAnnotations() {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(
                CacheAutoConfiguration.class,
                MonitoringAutoConfiguration.class,
                BatchingAutoConfiguration.class,
                PaginationAutoConfiguration.class,
                ConnectionsAutoConfiguration.class,
                ActuatorAutoConfiguration.class,
                Owners.class,
                Timed.class);
        InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
        DefaultGenerationContext generation = new DefaultGenerationContext(
                new ClassNameGenerator(ClassName.get("io.perfkit.generated", "Application")), files);
        new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
        generation.writeGeneratedContent();

        RuntimeHints hints = generation.getRuntimeHints();
        assertThat(RuntimeHintsPredicates.reflection().onType(OwnerView.class)).accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Owners.class, "names"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(Owners.class)).accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onMethodInvocation(Owners.class, "report"))
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(Report.class))
                .as("read from JSON")
                .accepts(hints);
        assertThat(RuntimeHintsPredicates.reflection().onType(Timed.class)).accepts(hints);
        assertThat(files.getGeneratedFiles(GeneratedFiles.Kind.SOURCE).keySet())
                .as("the definitions of batchers")
                .anyMatch(each -> each.contains("BatcherFactory") || each.contains("Batcher__"));
        PerfkitRuntimeHints registrar = new PerfkitRuntimeHints();
        RuntimeHints byName = new RuntimeHints();
        registrar.registerHints(byName, getClass().getClassLoader());
        assertThat(RuntimeHintsPredicates.reflection().onType(io.perfkit.cache.json.JsonCodec.class))
                .accepts(byName);
        assertThat(RuntimeHintsPredicates.proxies().forInterfaces(JobQueue.class))
                .accepts(byName);
    }
}
