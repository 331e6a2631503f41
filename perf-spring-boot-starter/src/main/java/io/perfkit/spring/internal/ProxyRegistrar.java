package io.perfkit.spring.internal;

import org.springframework.aop.config.AopConfigUtils;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.context.EnvironmentAware;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.type.AnnotationMetadata;

/**
 * Makes sure that something looks for advisors, as the annotations that enable transactions or caching do, and that its
 * proxies are subclasses, as everywhere in Spring Boot, unless the application asked for those of the JDK.
 */
public final class ProxyRegistrar implements ImportBeanDefinitionRegistrar, EnvironmentAware {

    private Environment environment = new StandardEnvironment();

    /** Called by Spring, where it is imported. */
    public ProxyRegistrar() {}

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        AopConfigUtils.registerAutoProxyCreatorIfNecessary(registry);
        if (environment.getProperty("spring.aop.proxy-target-class", Boolean.class, true)) {
            AopConfigUtils.forceAutoProxyCreatorToUseClassProxying(registry);
        }
    }
}
