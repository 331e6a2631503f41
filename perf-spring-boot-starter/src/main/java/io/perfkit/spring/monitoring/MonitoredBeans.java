package io.perfkit.spring.monitoring;

import io.perfkit.monitoring.MethodMonitoring;
import io.perfkit.monitoring.Monitored;
import io.perfkit.monitoring.MonitoringException;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.spring.internal.EarlyBeans;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.ConcurrentReferenceHashMap;

/**
 * The beans with {@link Monitored}. When all singletons are there, the annotations of all beans are checked; a mistake keeps
 * the application from starting.
 */
final class MonitoredBeans implements SmartInitializingSingleton {

    private static final Logger LOG = LoggerFactory.getLogger(MonitoredBeans.class);

    /** Loads no class and keeps none. */
    private static final Map<Class<?>, Boolean> CANDIDATES =
            new ConcurrentReferenceHashMap<>(256, ConcurrentReferenceHashMap.ReferenceType.WEAK);

    private final ConfigurableListableBeanFactory beanFactory;
    private final ObjectProvider<PerformanceMonitor> monitor;
    private final Map<Class<?>, MethodMonitoring> byType = new ConcurrentHashMap<>();

    MonitoredBeans(ConfigurableListableBeanFactory beanFactory, ObjectProvider<PerformanceMonitor> monitor) {
        this.beanFactory = beanFactory;
        this.monitor = monitor;
    }

    /** Whether a class may have annotations; answered quickly for the many that cannot. */
    static boolean isCandidate(Class<?> type) {
        Class<?> own = typeOf(type);
        return !own.getName().startsWith("org.springframework.")
                && CANDIDATES.computeIfAbsent(own, MethodMonitoring::isAnnotated);
    }

    /** What an application wrote; of a proxy that the JDK made, the first of its interfaces that is annotated. */
    static Class<?> typeOf(Class<?> type) {
        if (!Proxy.isProxyClass(type)) {
            return ClassUtils.getUserClass(type);
        }
        return Arrays.stream(type.getInterfaces())
                .filter(MethodMonitoring::isAnnotated)
                .findFirst()
                .orElse(type);
    }

    MethodMonitoring of(Class<?> type) {
        MethodMonitoring known = byType.get(type);
        return known != null
                ? known
                : byType.computeIfAbsent(type, each -> MethodMonitoring.of(each, monitor.getObject()));
    }

    @Override
    public void afterSingletonsInstantiated() {
        List<String> names = new ArrayList<>(List.of(beanFactory.getBeanDefinitionNames()));
        names.addAll(List.of(beanFactory.getSingletonNames()));
        for (String name : names) {
            Class<?> type = AutoProxyUtils.determineTargetClass(beanFactory, name);
            if (type != null && isCandidate(type)) {
                checkHidden(typeOf(type));
                of(typeOf(type));
            }
        }
        EarlyBeans.warn(LOG, "@Monitored methods", beanFactory, MonitoredBeans::isCandidate, MonitoredAdvisor.class);
    }

    /** What does not come through a proxy would be timed never, without a word. */
    private static void checkHidden(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            int modifiers = method.getModifiers();
            boolean hidden =
                    !Modifier.isPublic(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers);
            if (hidden && method.isAnnotationPresent(Monitored.class)) {
                throw new MonitoringException("@Monitored on " + type.getName() + "." + method.getName()
                        + "(…) does nothing, since calls of a method that is not public, or is static or final, do not come"
                        + " through a proxy. Make it a public method that can be overridden");
            }
        }
    }
}
