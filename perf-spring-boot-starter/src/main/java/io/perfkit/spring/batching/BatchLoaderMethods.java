package io.perfkit.spring.batching;

import io.perfkit.batching.Batcher;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Set;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/** Defines a batcher for each annotated method before anything is created that it could be injected into. */
final class BatchLoaderMethods implements BeanDefinitionRegistryPostProcessor {

    @Override
    public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
        BeanFactory beanFactory = (BeanFactory) registry;
        for (String bean : registry.getBeanDefinitionNames()) {
            Class<?> type = beanFactory.getType(bean, false);
            if (type == null || type.getName().startsWith("org.springframework.")) {
                continue;
            }
            Class<?> own = ClassUtils.getUserClass(type);
            if (!AnnotationUtils.isCandidateClass(own, BatchLoader.class)) {
                continue;
            }
            checkHidden(own);
            Set<Method> annotated = MethodIntrospector.selectMethods(
                    own, (Method method) -> method.isAnnotationPresent(BatchLoader.class));
            annotated.stream()
                    .sorted((one, other) -> one.getName().compareTo(other.getName()))
                    .forEach(method -> define(registry, bean, LoaderMethod.of(own, method)));
        }
    }

    /** Spring's own search passes over private methods of superclasses and of proxies. */
    private static void checkHidden(Class<?> type) {
        try {
            Arrays.stream(type.getDeclaredMethods())
                    .filter(each -> !each.isBridge() && each.isAnnotationPresent(BatchLoader.class))
                    .forEach(each -> LoaderMethod.of(type, each));
        } catch (NoClassDefFoundError absent) {
            // A class of which some methods mention what is not there is looked at by Spring alone.
        }
    }

    private static void define(BeanDefinitionRegistry registry, String bean, LoaderMethod loader) {
        String name = loader.name();
        if (registry.containsBeanDefinition(name)) {
            if (loader.method()
                    .getName()
                    .equals(registry.getBeanDefinition(name).getAttribute("perfkit.loader"))) {
                return; // The same one, after ahead-of-time processing.
            }
            throw new BatchLoaderException("@BatchLoader(\"" + name + "\") of "
                    + loader.type().getName() + "." + loader.method().getName()
                    + "(…) has the name of another bean. Give it a name of its own");
        }
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setTargetType(ResolvableType.forClassWithGenerics(Batcher.class, loader.key(), loader.value()));
        definition.setFactoryBeanName("perfBatcherFactory");
        definition.setFactoryMethodName("batcher");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(1, bean);
        definition.getConstructorArgumentValues().addIndexedArgumentValue(2, loader.type());
        definition
                .getConstructorArgumentValues()
                .addIndexedArgumentValue(3, loader.method().getName());
        definition.setAttribute("perfkit.loader", loader.method().getName());
        definition.setDestroyMethodName("close");
        registry.registerBeanDefinition(name, definition);
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {}
}
