package io.perfkit.spring.connections;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.perfkit.connections.Owner;
import io.perfkit.connections.jdbc.ReplicaRouting;
import io.perfkit.spring.connections.DataSourceProperties.Replica;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Sends the read-only transactions of Spring Boot's data source to replicas. Outside of what bounds the primary's pool, inside
 * of what measures.
 */
final class ReplicaDataSources implements BeanPostProcessor, Ordered, DisposableBean {

    private final ObjectProvider<Owner> owner;
    private final DataSourceProperties properties;
    private final List<HikariDataSource> pools = new CopyOnWriteArrayList<>();

    ReplicaDataSources(ObjectProvider<Owner> owner, Environment environment) {
        this.owner = owner;
        // Bound by hand: the properties' own bean would come too early, before everything that may process it.
        properties = Binder.get(environment).bindOrCreate("perfkit.datasource", DataSourceProperties.class);
    }

    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE - 5;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String name) {
        if (!(bean instanceof DataSource source) || !name.equals("dataSource")) {
            return bean;
        }
        HikariDataSource pool = pool(source);
        if (pool == null) {
            throw refused(
                    "replicas",
                    properties.replicas(),
                    "the data source is a " + bean.getClass().getName()
                            + ", where replicas get pools like that of HikariCP. Leave "
                            + "the replicas out, and build a ReplicaRouting as a bean of your own",
                    null);
        }
        List<DataSource> replicas = new ArrayList<>();
        for (int i = 0; i < properties.replicas().size(); i++) {
            replicas.add(replica(pool, i));
        }
        ReplicaRouting.Builder builder = ReplicaRouting.primary(source).replicas(replicas.toArray(DataSource[]::new));
        set("maximum-lag", properties.maximumLag(), builder::maximumLag);
        set("read-your-writes", properties.readYourWrites(), builder::readYourWrites);
        owner.ifUnique(builder::caller);
        return builder.build();
    }

    private static @Nullable HikariDataSource pool(DataSource source) {
        try {
            return source.isWrapperFor(HikariDataSource.class) ? source.unwrap(HikariDataSource.class) : null;
        } catch (SQLException none) {
            return null;
        }
    }

    /** The settings of the primary's pool, but for where it leads. */
    private HikariDataSource replica(HikariDataSource primary, int index) {
        Replica replica = properties.replicas().get(index);
        if (replica.url() == null) {
            throw refused("replicas[" + index + "].url", "", "it must be set", null);
        }
        HikariConfig config = new HikariConfig();
        primary.copyStateTo(config);
        config.setJdbcUrl(replica.url());
        config.setPoolName(Objects.requireNonNullElse(primary.getPoolName(), "HikariPool") + "-replica-" + (index + 1));
        if (replica.username() != null) {
            config.setUsername(replica.username());
        }
        if (replica.password() != null) {
            config.setPassword(replica.password());
        }
        // One that is down when the application starts is left out until it answers.
        config.setInitializationFailTimeout(-1);
        HikariDataSource pool = new HikariDataSource(config);
        pools.add(pool);
        return pool;
    }

    private static <T> void set(String setting, @Nullable T value, Function<T, ?> setter) {
        if (value != null) {
            try {
                Object unused = setter.apply(value);
            } catch (IllegalArgumentException wrong) {
                throw refused(setting, value, String.valueOf(wrong.getMessage()), wrong);
            }
        }
    }

    private static InvalidConfigurationPropertyValueException refused(
            String setting, Object value, String why, @Nullable RuntimeException cause) {
        InvalidConfigurationPropertyValueException refused =
                new InvalidConfigurationPropertyValueException("perfkit.datasource." + setting, value, why);
        if (cause != null) {
            refused.addSuppressed(cause);
        }
        return refused;
    }

    @Override
    public void destroy() {
        pools.forEach(HikariDataSource::close);
    }
}
