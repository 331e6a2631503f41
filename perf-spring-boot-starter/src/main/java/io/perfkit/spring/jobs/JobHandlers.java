package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.JobContext;
import io.perfkit.batching.jobs.JobHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * The methods with {@link HandlesJob}. They are looked for before any bean is made, and called once all singletons are there:
 * a job that was left over from before does not begin in an application that is half started.
 */
final class JobHandlers implements SmartInitializingSingleton {

    private final ConfigurableListableBeanFactory beanFactory;
    private final Environment environment;
    private final CountDownLatch started = new CountDownLatch(1);

    JobHandlers(ConfigurableListableBeanFactory beanFactory, Environment environment) {
        this.beanFactory = beanFactory;
        this.environment = environment;
    }

    List<HandlerMethod> all() {
        List<HandlerMethod> all = new ArrayList<>();
        for (String bean : beanFactory.getBeanDefinitionNames()) {
            Class<?> type = beanFactory.getType(bean, false);
            Class<?> own = type == null ? null : ClassUtils.getUserClass(type);
            if (own != null
                    && !own.getName().startsWith("org.springframework.")
                    && AnnotationUtils.isCandidateClass(own, HandlesJob.class)) {
                for (Method method : annotated(own)) {
                    all.add(HandlerMethod.of(bean, own, method));
                }
            }
        }
        all.sort(Comparator.comparing(HandlerMethod::typeName).thenComparing(HandlerMethod::version));
        for (int i = 1; i < all.size(); i++) {
            HandlerMethod one = all.get(i - 1);
            HandlerMethod other = all.get(i);
            if (one.typeName().equals(other.typeName()) && one.version() == other.version()) {
                throw new JobHandlerException(
                        "@HandlesJob " + one.bean() + "." + one.method().getName() + "(…) and "
                                + other.bean() + "." + other.method().getName() + "(…) both handle " + one.typeName()
                                + " in version " + one.version() + ". Leave one, or give one a name of its own");
            }
        }
        return all;
    }

    private static List<Method> annotated(Class<?> type) {
        List<Method> annotated = new ArrayList<>();
        try {
            for (Class<?> each = type; each != null && each != Object.class; each = each.getSuperclass()) {
                Arrays.stream(each.getDeclaredMethods())
                        .filter(method -> !method.isBridge() && method.isAnnotationPresent(HandlesJob.class))
                        .forEach(annotated::add);
            }
        } catch (NoClassDefFoundError absent) {
            // A class of which some methods mention what is not there handles nothing.
        }
        return annotated;
    }

    JobHandler<Object> of(HandlerMethod handler) {
        return (payload, job) -> {
            started.await();
            call(handler, payload, job);
        };
    }

    private void call(HandlerMethod handler, Object payload, JobContext job) throws Exception {
        Object bean = beanFactory.getBean(handler.bean());
        Method method = AopUtils.selectInvocableMethod(handler.method(), bean.getClass());
        Object result;
        try {
            result = handler.method().getParameterCount() == 1
                    ? method.invoke(bean, payload)
                    : method.invoke(bean, payload, job);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw thrown.getCause() instanceof Exception failure ? failure : thrown;
        }
        tell(handler, result, job);
    }

    private static void tell(HandlerMethod handler, @Nullable Object result, JobContext job) {
        if (handler.method().getReturnType() != void.class) {
            job.result(result);
        }
    }

    @Override
    public void afterSingletonsInstantiated() {
        if (!environment.containsProperty("perfkit.jobs.store")
                && beanFactory.getBeanNamesForType(io.perfkit.batching.jobs.JobQueue.class, true, false).length == 0) {
            List<HandlerMethod> handlers = all();
            if (!handlers.isEmpty()) {
                throw new JobHandlerException("@HandlesJob " + handlers.get(0).bean() + "."
                        + handlers.get(0).method().getName()
                        + "(…) handles jobs of a queue that is not there. Set perfkit.jobs.store=database, or "
                        + "perfkit.jobs.store=memory for jobs that end with the process");
            }
        }
        started.countDown();
    }
}
