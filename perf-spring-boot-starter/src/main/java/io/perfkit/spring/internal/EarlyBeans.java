package io.perfkit.spring.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Beans that were made before an advisor could be put before them, because a post processor of beans needs them: their
 * annotations do nothing, and nothing else says so.
 */
public final class EarlyBeans {

    private EarlyBeans() {}

    /**
     * Warns of each singleton that ought to have an advisor, and has not.
     *
     * @param log where
     * @param annotations what does nothing there
     * @param beans where they are
     * @param candidates the classes that the advisor is for
     * @param advisor which it is
     */
    public static void warn(
            Logger log,
            String annotations,
            ConfigurableListableBeanFactory beans,
            Predicate<Class<?>> candidates,
            Class<? extends Advisor> advisor) {
        for (String name : without(beans, candidates, advisor)) {
            log.warn(
                    "{} of bean '{}' do nothing: a BeanPostProcessor needs it, so that it was made before anything could be "
                            + "put before it. Make the method that defines the post processor static, and give it an "
                            + "ObjectProvider in place of the bean",
                    annotations,
                    name);
        }
    }

    private static List<String> without(
            ConfigurableListableBeanFactory beans, Predicate<Class<?>> candidates, Class<? extends Advisor> advisor) {
        List<String> names = new ArrayList<>();
        for (String name : beans.getBeanDefinitionNames()) {
            // What a factory makes is not among the singletons; what there is not yet comes after the advisor.
            Object bean = beans.getSingleton(name);
            if (bean != null
                    && !(bean instanceof FactoryBean)
                    && candidates.test(AopProxyUtils.ultimateTargetClass(bean))
                    && !isAdvised(bean, advisor)) {
                names.add(name);
            }
        }
        return names;
    }

    private static boolean isAdvised(Object bean, Class<? extends Advisor> advisor) {
        return bean instanceof Advised advised
                ? Arrays.stream(advised.getAdvisors()).anyMatch(advisor::isInstance)
                : AopUtils.isAopProxy(bean);
    }
}
