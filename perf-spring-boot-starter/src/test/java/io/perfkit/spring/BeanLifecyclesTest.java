package io.perfkit.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.monitoring.Monitored;
import io.perfkit.spring.batching.BatchingAutoConfiguration;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import io.perfkit.spring.jobs.HandlesJob;
import io.perfkit.spring.jobs.JobsAutoConfiguration;
import io.perfkit.spring.monitoring.MonitoringAutoConfiguration;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.PriorityOrdered;

/** Beans that are used before the application has started, after it has stopped, or where it never did. */
class BeanLifecyclesTest {

    record Report(long id) {}

    static class Owners {

        private final AtomicInteger loads = new AtomicInteger();

        @Monitored
        @Cached(region = "owner", key = "{id}")
        public String find(long id) {
            return "owner " + id + ", load " + loads.incrementAndGet();
        }
    }

    /** Asks when it is made and when it is destroyed. */
    record Asks(Owners owners, Set<String> answers) implements InitializingBean, DisposableBean {

        @Override
        public void afterPropertiesSet() {
            answers.add(owners.find(1));
            answers.add(owners.find(1));
        }

        @Override
        public void destroy() {
            answers.add(owners.find(1));
        }
    }

    static class NeedsOwners implements BeanPostProcessor {}

    /** Before what makes proxies. */
    static class NeedsOwnersFirst extends NeedsOwners implements PriorityOrdered {

        @Override
        public int getOrder() {
            return LOWEST_PRECEDENCE;
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnersOfAPostProcessor {

        @Bean
        static NeedsOwnersFirst needsOwners(Owners owners) {
            assertThat(owners).isNotNull();
            return new NeedsOwnersFirst();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnersOfAPatientPostProcessor {

        @Bean
        static NeedsOwners needsOwners(ObjectProvider<Owners> owners) {
            assertThat(owners).isNotNull();
            return new NeedsOwners();
        }
    }

    static class Handler {
        @HandlesJob
        public void run(Report report) {}
    }

    static class Fails implements InitializingBean {

        private final JobQueue jobs;

        Fails(JobQueue jobs) {
            this.jobs = jobs;
        }

        @Override
        public void afterPropertiesSet() {
            jobs.submit(new Report(1));
            throw new IllegalStateException("not today");
        }
    }

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    CacheAutoConfiguration.class,
                    MonitoringAutoConfiguration.class,
                    BatchingAutoConfiguration.class,
                    JobsAutoConfiguration.class));

    @Test
    void annotatedBean_thatAPostProcessorNeeds_isWarnedOf() {
        String said = said(() -> runner.withBean("owners", Owners.class)
                .withUserConfiguration(OwnersOfAPostProcessor.class)
                .run(context -> assertThat(context).hasNotFailed()));
        assertThat(said)
                .contains("Cache annotations of bean 'owners' do nothing: a BeanPostProcessor needs it")
                .contains("@Monitored methods of bean 'owners' do nothing")
                .contains("an ObjectProvider in place of the bean");
    }

    @Test
    void annotatedBean_thatAPostProcessorAsksForLater_isNotWarnedOf() {
        String said = said(() -> runner.withBean("owners", Owners.class)
                .withUserConfiguration(OwnersOfAPatientPostProcessor.class)
                .run(context -> assertThat(context.getBean(Owners.class).find(1))
                        .isEqualTo(context.getBean(Owners.class).find(1))));
        assertThat(said).doesNotContain("do nothing");
    }

    /** What the log prints meanwhile. */
    private static String said(Runnable doing) {
        PrintStream out = System.out;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
        try {
            doing.run();
        } finally {
            System.setOut(out);
        }
        return said.toString(StandardCharsets.UTF_8);
    }

    @Test
    void cachedMethod_askedWhileBeansAreMadeAndDestroyed_answers() {
        Set<String> answers = new HashSet<>();
        runner.withBean(Owners.class)
                .withBean("answers", Set.class, () -> answers)
                .withBean(Asks.class)
                .run(context -> assertThat(answers).as("cached").containsExactly("owner 1, load 1"));
        assertThat(answers).as("the cache is closed").contains("owner 1, load 2");
    }

    @Test
    @Timeout(25)
    void start_thatFails_leavesNoThreadBehind() {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        runner.withPropertyValues("perfkit.jobs.store=memory")
                .withBean(Handler.class)
                .withBean(Fails.class)
                .run(context -> assertThat(context.getStartupFailure()).hasStackTraceContaining("not today"));
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(each -> !before.contains(each)
                                && !each.isDaemon()
                                && !each.getName().startsWith("awaitility"))
                        .isEmpty());
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .filteredOn(
                                each -> !before.contains(each) && each.getName().contains("perfkit"))
                        .isEmpty());
    }
}
