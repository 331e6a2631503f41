package io.perfkit.spring.monitoring;

import io.perfkit.monitoring.MethodMonitoring;
import io.perfkit.monitoring.MonitoringException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.Pointcut;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;

/**
 * Times the methods of beans with {@code @Monitored}, as their callers wait for them: outside of the cache and of the
 * transaction.
 */
final class MonitoredAdvisor extends AbstractPointcutAdvisor {

    private static final int ORDER = Ordered.LOWEST_PRECEDENCE - 2_000;

    private static final long serialVersionUID = 1L;

    private final transient Pointcut pointcut;
    private final transient MethodInterceptor advice;

    /** @param subclasses whether proxies are subclasses */
    MonitoredAdvisor(ObjectProvider<MonitoredBeans> beans, boolean subclasses) {
        setOrder(ORDER);
        pointcut = new AnnotatedMethods(subclasses);
        advice = invocation -> {
            Object target = invocation.getThis();
            MonitoredBeans monitored = beans.getIfAvailable();
            return target == null || monitored == null
                    ? invocation.proceed()
                    : monitored
                            .of(MonitoredBeans.typeOf(target.getClass()))
                            .invoke(invocation.getMethod(), invocation::proceed);
        };
    }

    @Override
    public Pointcut getPointcut() {
        return pointcut;
    }

    @Override
    public Advice getAdvice() {
        return advice;
    }

    private static final class AnnotatedMethods extends StaticMethodMatcherPointcut {

        AnnotatedMethods(boolean subclasses) {
            setClassFilter(new ClassFilter() {
                @Override
                public boolean matches(Class<?> type) {
                    boolean matches = MonitoredBeans.isCandidate(type);
                    if (matches && subclasses && Modifier.isFinal(type.getModifiers()) && !Proxy.isProxyClass(type)) {
                        throw new MonitoringException(
                                type.getName() + " is @Monitored, but final: a proxy made as a "
                                        + "subclass cannot be put before it. Leave final out, or call PerformanceMonitor.timed");
                    }
                    return matches;
                }
            });
        }

        @Override
        public boolean matches(Method method, Class<?> type) {
            return MethodMonitoring.isAnnotated(MonitoredBeans.typeOf(type), method);
        }
    }
}
