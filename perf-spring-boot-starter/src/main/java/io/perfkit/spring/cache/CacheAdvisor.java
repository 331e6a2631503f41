package io.perfkit.spring.cache;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.proxy.MethodCaching;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInterceptor;
import org.springframework.aop.ClassFilter;
import org.springframework.aop.Pointcut;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.support.AbstractPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;

/**
 * Puts the cache before the annotated methods of beans. It stands outside the transaction's advisor, which has the lowest
 * precedence unless the application says otherwise: what the cache answers begins no transaction, and a method that
 * invalidates does so after its own transaction has committed.
 */
final class CacheAdvisor extends AbstractPointcutAdvisor {

    static final int ORDER = Ordered.LOWEST_PRECEDENCE - 1_000;

    private static final long serialVersionUID = 1L;

    private final transient Pointcut pointcut;
    private final transient MethodInterceptor advice;

    /** @param subclasses whether proxies are subclasses */
    CacheAdvisor(ObjectProvider<CachedBeans> beans, boolean subclasses) {
        setOrder(ORDER);
        pointcut = new AnnotatedMethods(subclasses);
        advice = invocation -> {
            // The rest of a call may run later, on another thread, more than once: each time on a copy of it.
            ProxyMethodInvocation call = (ProxyMethodInvocation) invocation;
            Object target = call.getThis();
            CachedBeans cached = beans.getIfAvailable();
            return target == null || cached == null || cached.isClosed()
                    ? call.proceed()
                    : cached.methods(CachedBeans.typeOf(target.getClass()))
                            .invoke(
                                    call.getMethod(),
                                    call.getArguments(),
                                    arguments -> call.invocableClone(arguments).proceed());
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
                    boolean matches = CachedBeans.isCandidate(type);
                    if (matches && subclasses && Modifier.isFinal(type.getModifiers()) && !Proxy.isProxyClass(type)) {
                        throw new CacheException(type.getName() + " has methods with cache annotations, but is a "
                                + (type.isRecord() ? "record, which is " : "")
                                + "final: a proxy made as a subclass cannot be put before it. "
                                + (type.isRecord() ? "Make it an ordinary class" : "Leave final out"));
                    }
                    return matches;
                }
            });
        }

        @Override
        public boolean matches(Method method, Class<?> type) {
            return MethodCaching.isAnnotated(CachedBeans.typeOf(type), method);
        }
    }
}
