package io.perfkit.spring.connections;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds the data source of the application: a fair queue before the pool of HikariCP that Spring Boot makes. Nothing is
 * bounded until a size is set.
 *
 * @param enabled whether the data source is bounded where a size is set
 * @param size how many connections are kept; the pool gets size + overflow as its maximum unless that is set, too
 * @param overflow how many more are opened in a peak
 * @param acquireTimeout how long a caller waits for a connection
 * @param perOwner how many connections one owner has at most; needs a bean of type {@code Owner}
 */
@ConfigurationProperties(prefix = "perfkit.datasource", ignoreUnknownFields = false)
public record DataSourceProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Integer size,
        @DefaultValue("0") int overflow,
        @DefaultValue("30s") Duration acquireTimeout,
        @Nullable Integer perOwner) {}
