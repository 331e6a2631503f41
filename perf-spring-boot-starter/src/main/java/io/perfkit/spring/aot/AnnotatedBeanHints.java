package io.perfkit.spring.aot;

import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.MethodCaching;
import io.perfkit.cache.proxy.Updates;
import io.perfkit.monitoring.MethodMonitoring;
import io.perfkit.spring.batching.BatchLoader;
import io.perfkit.spring.jobs.HandlesJob;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ExecutableMode;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.beans.factory.aot.BeanRegistrationAotContribution;
import org.springframework.beans.factory.aot.BeanRegistrationAotProcessor;
import org.springframework.beans.factory.support.RegisteredBean;
import org.springframework.util.ClassUtils;

/** Annotated methods are looked at when the application starts, and what they return is written as JSON. */
final class AnnotatedBeanHints implements BeanRegistrationAotProcessor {

    private static final boolean CACHE = isPresent("io.perfkit.cache.proxy.MethodCaching");
    private static final boolean MONITORING = isPresent("io.perfkit.monitoring.MethodMonitoring");
    private static final boolean BATCHING = isPresent("io.perfkit.batching.Batcher");

    private static boolean isPresent(String name) {
        return ClassUtils.isPresent(name, AnnotatedBeanHints.class.getClassLoader());
    }

    @Override
    public @Nullable BeanRegistrationAotContribution processAheadOfTime(RegisteredBean bean) {
        Class<?> type = ClassUtils.getUserClass(bean.getBeanClass());
        if (type.getName().startsWith("org.springframework.")) {
            return null;
        }
        boolean cached = CACHE && MethodCaching.isAnnotated(type);
        boolean loads = BATCHING && has(type, BatchLoader.class);
        boolean monitored = MONITORING && MethodMonitoring.isAnnotated(type);
        boolean handles = BATCHING && has(type, HandlesJob.class);
        if (!cached && !loads && !monitored && !handles) {
            return null;
        }
        return (generation, code) -> {
            var reflection = generation.getRuntimeHints().reflection();
            reflection.registerType(type, MemberCategory.INVOKE_PUBLIC_METHODS);
            for (Class<?> each : ClassUtils.getAllInterfacesForClassAsSet(type)) {
                reflection.registerType(each, MemberCategory.INVOKE_PUBLIC_METHODS);
            }
            for (Method method : type.getMethods()) {
                if (loads && method.isAnnotationPresent(BatchLoader.class)) {
                    reflection.registerMethod(method, ExecutableMode.INVOKE);
                }
                if (handles && method.isAnnotationPresent(HandlesJob.class)) {
                    reflection.registerMethod(method, ExecutableMode.INVOKE);
                    new BindingReflectionHintsRegistrar()
                            .registerReflectionHints(
                                    reflection, method.getGenericParameterTypes()[0], method.getGenericReturnType());
                }
                if (cached && (method.isAnnotationPresent(Cached.class) || method.isAnnotationPresent(Updates.class))) {
                    new BindingReflectionHintsRegistrar()
                            .registerReflectionHints(reflection, method.getGenericReturnType());
                }
            }
        };
    }

    private static boolean has(Class<?> type, Class<? extends Annotation> annotation) {
        for (Method method : type.getMethods()) {
            if (method.isAnnotationPresent(annotation)) {
                return true;
            }
        }
        return false;
    }
}
