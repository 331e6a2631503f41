package io.perfkit.spring.jobs;

import io.micrometer.core.instrument.MeterRegistry;
import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.micrometer.JobMetrics;
import io.perfkit.spring.actuate.EndpointSection;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What goes with a queue of jobs, made here or by the application: the order in which it is closed, and its figures. */
@AutoConfiguration(after = JobsAutoConfiguration.class)
@ConditionalOnClass(JobQueue.class)
@ConditionalOnBean(JobQueue.class)
@ConditionalOnBooleanProperty(name = "perfkit.jobs.enabled", matchIfMissing = true)
public final class JobQueueAutoConfiguration {

    @Bean
    JobsLifecycle perfJobsLifecycle(JobQueue queue, JobsProperties properties) {
        return new JobsLifecycle(queue, properties.closeWithin());
    }

    @Bean
    EndpointSection perfJobsSection(JobQueue queue) {
        return new EndpointSection("jobs", queue::stats);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({MeterRegistry.class, JobMetrics.class})
    static class MeterConfiguration {

        @Bean
        @ConditionalOnMissingBean
        JobMetrics perfJobMetrics(JobQueue queue, JobsProperties properties) {
            return JobMetrics.of(properties.name(), queue);
        }
    }
}
