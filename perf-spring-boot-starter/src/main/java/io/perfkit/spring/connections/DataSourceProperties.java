package io.perfkit.spring.connections;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds the data source of the application: a fair queue before the pool of HikariCP that Spring Boot makes. Nothing is
 * bounded until a size is set. And sends its read-only transactions to replicas, if there are any.
 *
 * @param enabled whether the data source is bounded where a size is set
 * @param size how many connections are kept; the pool gets size + overflow as its maximum unless that is set, too
 * @param overflow how many more are opened in a peak
 * @param acquireTimeout how long a caller waits for a connection
 * @param perOwner how many connections one owner has at most; needs a bean of type {@code Owner}
 * @param replicas servers that read-only transactions go to, each with a pool like that of the data source
 * @param maximumLag a replica that is behind for longer is passed over; by default none is
 * @param readYourWrites how long a caller that has written reads from the primary, where the database does not tell how
 *     far its replicas are, as PostgreSQL does; 2 seconds if nothing is said
 */
@ConfigurationProperties(prefix = "perfkit.datasource", ignoreUnknownFields = false)
public record DataSourceProperties(
        @DefaultValue("true") boolean enabled,
        @Nullable Integer size,
        @DefaultValue("0") int overflow,
        @DefaultValue("30s") Duration acquireTimeout,
        @Nullable Integer perOwner,
        @DefaultValue List<Replica> replicas,
        @Nullable Duration maximumLag,
        @Nullable Duration readYourWrites) {

    /**
     * A replica.
     *
     * @param url of its database
     * @param username as that of the data source where nothing is said
     * @param password the same
     */
    public record Replica(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password) {

        @Override
        public String toString() {
            return "Replica[" + url + "]";
        }
    }
}
