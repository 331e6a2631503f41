package io.perfkit.spring.pagination;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import jakarta.persistence.EntityManagerFactory;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.databind.JacksonModule;

/** Pages as arguments and answers of controllers, and the secrets of their cursors. */
@AutoConfiguration(
        beforeName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
        afterName = "org.springframework.boot.hibernate.autoconfigure.HibernateJpaAutoConfiguration")
@ConditionalOnClass({CursorPage.class, org.jooq.DSLContext.class})
@ConditionalOnBooleanProperty(name = "perfkit.pagination.enabled", matchIfMissing = true)
@EnableConfigurationProperties(PaginationProperties.class)
public final class PaginationAutoConfiguration {

    /** Made when something asks for it: an application without cursors needs no secret. */
    @Bean
    @Lazy
    @ConditionalOnMissingBean
    CursorCodec perfCursorCodec(PaginationProperties properties, Environment environment) {
        return CursorKeys.codec(
                properties,
                environment.containsProperty(
                        "org.springframework.boot.test.context.SpringBootTestContextBootstrapper"));
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(JacksonModule.class)
    static class JsonConfiguration {

        @Bean
        JacksonModule perfPagesModule(PaginationProperties properties) {
            return new PagesModule(properties.format());
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass({EntityManagerFactory.class, SharedEntityManagerCreator.class})
    @ConditionalOnSingleCandidate(EntityManagerFactory.class)
    static class JpaConfiguration {

        @Bean
        @ConditionalOnMissingBean
        EntityPages perfEntityPages(EntityManagerFactory factory) {
            return new EntityPages(SharedEntityManagerCreator.createSharedEntityManager(factory));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
    @ConditionalOnClass(WebMvcConfigurer.class)
    static class WebConfiguration {

        @Bean
        WebMvcConfigurer perfPageArguments(PaginationProperties properties) {
            return new WebMvcConfigurer() {
                @Override
                public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
                    resolvers.add(new PageArguments(properties.defaultSize()));
                }
            };
        }

        @Bean
        PageLinks perfPageLinks(PaginationProperties properties) {
            return new PageLinks(properties.defaultSize());
        }

        @Bean
        PageProblems perfPageProblems() {
            return new PageProblems();
        }
    }
}
