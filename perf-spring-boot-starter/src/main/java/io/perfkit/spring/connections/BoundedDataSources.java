package io.perfkit.spring.connections;

import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.Owner;
import io.perfkit.connections.jdbc.BoundedDataSource;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** Puts a {@link BoundedDataSource} before Spring Boot's pool of HikariCP, inside of what measures it. */
final class BoundedDataSources implements BeanPostProcessor, Ordered, DisposableBean {

    private static final String POOL = "spring.datasource.hikari.";

    private final ObjectProvider<Owner> owner;
    private final Environment environment;
    private final DataSourceProperties properties;
    private final List<BoundedDataSource> bounded = new CopyOnWriteArrayList<>();

    BoundedDataSources(ObjectProvider<Owner> owner, Environment environment) {
        this.owner = owner;
        this.environment = environment;
        // Bound by hand: the properties' own bean would come too early, before everything that may process it.
        properties = Binder.get(environment).bindOrCreate("perfkit.datasource", DataSourceProperties.class);
    }

    List<BoundedDataSource> bounded() {
        return List.copyOf(bounded);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 10;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof HikariDataSource pool) || !name.equals("dataSource") || properties.size() == null) {
            return bean;
        }
        int size = properties.size();
        try {
            BoundedDataSource.Builder builder = BoundedDataSource.builder(name, pool)
                    .size(size)
                    .overflow(properties.overflow())
                    .acquireTimeout(properties.acquireTimeout());
            fit(pool, size + properties.overflow());
            if (properties.perOwner() != null) {
                Owner whose = owner.getIfUnique();
                if (whose == null) {
                    throw refused(
                            "perfkit.datasource.per-owner",
                            properties.perOwner(),
                            "it needs exactly one bean of type " + Owner.class.getName()
                                    + " that says whose a call is, "
                                    + "such as @Bean Owner owner() { return Owner.fromMdc(\"tenant\"); }",
                            null);
                }
                builder.perOwner(whose, properties.perOwner());
            }
            BoundedDataSource source = builder.build();
            bounded.add(source);
            return source;
        } catch (InvalidConfigurationPropertyValueException known) {
            throw known;
        } catch (IllegalArgumentException | IllegalStateException wrong) {
            throw refused("perfkit.datasource", properties, String.valueOf(wrong.getMessage()), wrong);
        }
    }

    /** Of a pool that has not started, what the application has not set follows from the bound. */
    private void fit(HikariDataSource pool, int connections) {
        if (pool.isRunning()) {
            return;
        }
        if (!isSet("maximum-pool-size")) {
            pool.setMaximumPoolSize(connections);
        }
        if (!isSet("minimum-idle") && properties.overflow() > 0) {
            pool.setMinimumIdle(0);
        }
        if (!isSet("connection-timeout")) {
            Duration least = Duration.ofMillis(250);
            Duration wait = properties.acquireTimeout();
            pool.setConnectionTimeout((wait.compareTo(least) < 0 ? least : wait).toMillis());
        }
        if (pool.getMaximumPoolSize() < connections) {
            throw refused(
                    "perfkit.datasource.size",
                    connections - properties.overflow(),
                    "size + overflow is " + connections + ", but " + POOL + "maximum-pool-size is "
                            + pool.getMaximumPoolSize() + ": callers would wait there, in an order of its own. Leave "
                            + POOL + "maximum-pool-size out, or set it to at least " + connections,
                    null);
        }
    }

    private boolean isSet(String setting) {
        return Binder.get(environment).bind(POOL + setting, String.class).isBound();
    }

    private static InvalidConfigurationPropertyValueException refused(
            String property, Object value, String why, @Nullable RuntimeException cause) {
        InvalidConfigurationPropertyValueException refused =
                new InvalidConfigurationPropertyValueException(property, value, why);
        if (cause != null) {
            refused.addSuppressed(cause);
        }
        return refused;
    }

    @Override
    public void destroy() {
        bounded.forEach(BoundedDataSource::close);
    }
}
