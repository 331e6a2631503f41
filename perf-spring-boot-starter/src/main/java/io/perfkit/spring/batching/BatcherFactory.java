package io.perfkit.spring.batching;

import io.perfkit.batching.Batcher;
import io.perfkit.batching.BatcherListener;
import io.perfkit.spring.batching.BatchingProperties.BatcherSettings;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.transaction.support.ResourceHolder;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.util.ClassUtils;

/** Makes the batchers that {@link BatchLoaderMethods} defines. */
final class BatcherFactory {

    private static final boolean TRANSACTIONS = ClassUtils.isPresent(
            "org.springframework.transaction.support.TransactionSynchronizationManager",
            BatcherFactory.class.getClassLoader());

    private final ConfigurableListableBeanFactory beanFactory;
    private final BatchingProperties properties;
    private final List<BatcherListener> listeners;

    BatcherFactory(
            ConfigurableListableBeanFactory beanFactory,
            BatchingProperties properties,
            List<BatcherListener> listeners) {
        this.beanFactory = beanFactory;
        this.properties = properties;
        this.listeners = listeners;
    }

    /** Called by name, for each definition. The bean comes with the first call, as it may use its own batcher. */
    Batcher<Object, Object> batcher(String name, String bean, Class<?> type, String methodName) {
        Method method = Arrays.stream(type.getMethods())
                .filter(each -> each.getName().equals(methodName)
                        && !each.isBridge()
                        && each.isAnnotationPresent(BatchLoader.class))
                .findFirst()
                .orElseThrow();
        boolean byPosition = LoaderMethod.of(type, method).byPosition();
        Batcher.Builder<Object, Object> builder = byPosition
                ? Batcher.listBuilder(name, keys -> call(name, bean, method, new ArrayList<>(keys)))
                : Batcher.builder(name, keys -> call(name, bean, method, keys));
        apply(name, properties.of(name), builder);
        listeners.forEach(builder::listener);
        if (TRANSACTIONS) {
            builder.callerRuns(HoldsConnection.INSTANCE);
        }
        try {
            return builder.build();
        } catch (IllegalStateException contradiction) {
            throw refused(name, "", null, contradiction);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the method's own types were checked
    private <T> T call(String name, String bean, Method method, Object keys) throws Exception {
        Object target = beanFactory.getBean(bean);
        beanFactory.registerDependentBean(bean, name); // so that the batcher is closed first
        try {
            return (T) AopUtils.selectInvocableMethod(method, target.getClass()).invoke(target, keys);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Error error) {
                throw error;
            }
            throw thrown.getCause() instanceof Exception failure ? failure : thrown;
        }
    }

    private static void apply(
            String name, @Nullable BatcherSettings settings, Batcher.Builder<Object, Object> builder) {
        if (settings == null) {
            return;
        }
        set(name, "maximum-batch-size", settings.maximumBatchSize(), builder::maximumBatchSize);
        set(name, "maximum-concurrent-batches", settings.maximumConcurrentBatches(), builder::maximumConcurrentBatches);
        set(
                name,
                "maximum-pending",
                settings.maximumPending(),
                calls -> builder.maximumPending(calls, settings.overflow()));
        set(name, "window", settings.window(), builder::window);
        set(name, "timeout", settings.timeout(), builder::timeout);
        set(name, "when-missing", settings.whenMissing(), builder::whenMissing);
    }

    private interface Setter<T> {
        Object set(T value);
    }

    private static <T> void set(String name, String setting, @Nullable T value, Setter<T> setter) {
        if (value != null) {
            try {
                setter.set(value);
            } catch (IllegalArgumentException refused) {
                throw refused(name, "." + setting, value, refused);
            }
        }
    }

    private static InvalidConfigurationPropertyValueException refused(
            String name, String setting, @Nullable Object value, RuntimeException cause) {
        InvalidConfigurationPropertyValueException named = new InvalidConfigurationPropertyValueException(
                "perfkit.batching.batchers." + name + setting, value, String.valueOf(cause.getMessage()));
        named.addSuppressed(cause);
        return named;
    }

    /** What a thread has bound in a transaction, or with an open session, may be a connection. */
    private enum HoldsConnection implements BooleanSupplier {
        INSTANCE;

        @Override
        public boolean getAsBoolean() {
            if (TransactionSynchronizationManager.isActualTransactionActive()) {
                return true;
            }
            for (Object each :
                    TransactionSynchronizationManager.getResourceMap().values()) {
                if (each instanceof ResourceHolder) {
                    return true;
                }
            }
            return false;
        }
    }
}
