package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.InMemoryJobQueue;
import io.perfkit.batching.jobs.JobHandler;
import io.perfkit.batching.jobs.JobListener;
import io.perfkit.batching.jobs.JobQueue;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.sql.init.dependency.DependsOnDatabaseInitialization;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/** A queue of jobs, once {@code perfkit.jobs.store} says where they are kept. */
@AutoConfiguration(afterName = "org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration")
@ConditionalOnClass(JobQueue.class)
@ConditionalOnBooleanProperty(name = "perfkit.jobs.enabled", matchIfMissing = true)
@EnableConfigurationProperties(JobsProperties.class)
public final class JobsAutoConfiguration {

    @Bean
    JobHandlers perfJobHandlers(ConfigurableListableBeanFactory beanFactory, Environment environment) {
        return new JobHandlers(beanFactory, environment);
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "perfkit.jobs.store", havingValue = "memory")
    static class MemoryConfiguration {

        @Bean
        @ConditionalOnMissingBean
        JobQueue perfJobQueue(JobsProperties properties, JobHandlers handlers, ObjectProvider<JobListener> listeners) {
            InMemoryJobQueue.Builder builder = Settings.named("name", properties.name(), JobQueue::inMemory);
            Settings.set("workers", properties.workers(), builder::workers);
            Settings.set("maximum-run-time", properties.maximumRunTime(), builder::maximumRunTime);
            Settings.set("retention", properties.retention(), builder::retention);
            Settings.set("key-window", properties.keyWindow(), builder::keyWindow);
            listeners.orderedStream().forEach(builder::listener);
            for (HandlerMethod each : handlers.all()) {
                add(builder, each.payload(), handlers.of(each));
            }
            return ClosesInTime.of(builder.build(), properties.closeWithin());
        }

        private static <P> void add(InMemoryJobQueue.Builder builder, Class<P> payload, JobHandler<Object> handler) {
            builder.handler(payload, handler);
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnProperty(name = "perfkit.jobs.store", havingValue = "database")
    static class DatabaseConfiguration {

        @Bean
        @ConditionalOnMissingBean
        @DependsOnDatabaseInitialization
        JobQueue perfJobQueue(
                JobsProperties properties,
                ObjectProvider<DataSource> dataSources,
                JobHandlers handlers,
                ObjectProvider<JobListener> listeners) {
            for (String needed :
                    new String[] {"com.github.kagkarlsson.scheduler.Scheduler", "tools.jackson.databind.json.JsonMapper"
                    }) {
                if (!ClassUtils.isPresent(needed, getClass().getClassLoader())) {
                    throw refused("it needs com.github.kagkarlsson:db-scheduler 16.12 and "
                            + "tools.jackson.core:jackson-databind on the class path");
                }
            }
            DataSource dataSource = dataSources.getIfUnique();
            if (dataSource == null) {
                throw refused("it needs exactly one DataSource, or one that is @Primary");
            }
            return DatabaseQueues.of(
                    properties, dataSource, handlers, listeners.orderedStream().toList());
        }

        private static InvalidConfigurationPropertyValueException refused(String why) {
            return new InvalidConfigurationPropertyValueException("perfkit.jobs.store", "database", why);
        }
    }
}
