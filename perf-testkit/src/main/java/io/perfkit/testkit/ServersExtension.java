package io.perfkit.testkit;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;
import org.junit.platform.commons.support.ReflectionSupport;
import org.opentest4j.TestAbortedException;

/**
 * Hands servers to tests: to parameters of test methods, life cycle methods and constructors, and to fields that are
 * not final, of the types {@link PostgresServer}, {@link RedisServer}, {@link RedisReplicaSet}, {@link RedisCluster}
 * and {@link MariaDbServer}.
 *
 * <p>By default it is the server that all tests of the JVM share, started when first asked for and brought back if a
 * test has left it stopped or paused. {@link OwnServer} asks for a private one. A {@link RedisReplicaSet} is always
 * private, because there is hardly a test of one that does not change it for good.
 *
 * <p>A private server lives as long as what it is given to: until the test ends for instance fields, parameters of test
 * methods and constructors; until the class ends for static fields and parameters of {@code @BeforeAll} methods.
 *
 * <p>On a machine for which there are no binaries of MariaDB, a test that asks for it is skipped.
 */
public final class ServersExtension implements ParameterResolver, BeforeAllCallback, BeforeEachCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(ServersExtension.class);

    private record Kind(@Nullable Supplier<?> shared, Supplier<? extends AutoCloseable> own) {}

    private static final Map<Class<?>, Kind> KINDS = Map.of(
            PostgresServer.class, new Kind(PostgresServer::shared, PostgresServer::startNew),
            RedisServer.class, new Kind(RedisServer::shared, RedisServer::startNew),
            RedisReplicaSet.class, new Kind(null, RedisReplicaSet::start),
            RedisCluster.class, new Kind(RedisCluster::shared, RedisCluster::start),
            MariaDbServer.class, new Kind(MariaDbServer::shared, MariaDbServer::startNew));

    /** For JUnit. */
    public ServersExtension() {}

    /** Gives a constructor's private servers the life of the test, not of the class. */
    @Override
    public ExtensionContextScope getTestInstantiationExtensionContextScope(ExtensionContext rootContext) {
        return ExtensionContextScope.TEST_METHOD;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return KINDS.containsKey(parameter.getParameter().getType());
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return provide(parameter.getParameter().getType(), parameter.isAnnotated(OwnServer.class), context);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        inject(context.getRequiredTestClass(), null, context);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        for (Object instance : context.getRequiredTestInstances().getAllInstances()) {
            inject(instance.getClass(), instance, context);
        }
    }

    private static void inject(Class<?> type, @Nullable Object instance, ExtensionContext context) {
        Predicate<Field> wanted = field ->
                KINDS.containsKey(field.getType()) && Modifier.isStatic(field.getModifiers()) == (instance == null);
        for (Field field : ReflectionSupport.findFields(type, wanted, HierarchyTraversalMode.TOP_DOWN)) {
            if (Modifier.isFinal(field.getModifiers())) {
                continue;
            }
            boolean own = AnnotationSupport.isAnnotated(field, OwnServer.class);
            Object server = provide(field.getType(), own, context);
            try {
                field.setAccessible(true);
                field.set(instance, server);
            } catch (ReflectiveOperationException | RuntimeException e) {
                throw new ExtensionConfigurationException("the field " + field + " cannot be given a server", e);
            }
        }
    }

    private static Object provide(Class<?> type, boolean own, ExtensionContext context) {
        Kind kind = KINDS.get(type);
        if (kind == null) {
            throw new ExtensionConfigurationException("there is no server of " + type);
        }
        if (type == MariaDbServer.class && !MariaDbServer.isAvailable()) {
            throw new TestAbortedException("there are no MariaDB binaries for " + Platform.current());
        }
        Supplier<?> shared = kind.shared;
        if (shared != null && !own) {
            return shared.get();
        }
        AutoCloseable server = kind.own.get();
        // The store closes what is closeable when its test or class ends.
        context.getStore(NAMESPACE).put(server, server);
        return server;
    }
}
