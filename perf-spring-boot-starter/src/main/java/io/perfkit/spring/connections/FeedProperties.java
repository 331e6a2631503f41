package io.perfkit.spring.connections;

import io.perfkit.connections.WhenFull;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Bounds what clients keep open: server-sent events and WebSockets.
 *
 * @param enabled whether there is a registry of feeds
 * @param maximumTotal how many are open at once
 * @param maximumPerOwner how many one owner has open at once
 * @param whenFull what becomes of one that would be too many
 * @param idleAfter after what time without a message one is closed; by default never
 * @param maximumAge after what time one is closed at all; by default never
 */
@ConfigurationProperties(prefix = "perfkit.feeds", ignoreUnknownFields = false)
public record FeedProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1000") int maximumTotal,
        @DefaultValue("5") int maximumPerOwner,
        @DefaultValue("reject") WhenFull whenFull,
        @Nullable Duration idleAfter,
        @Nullable Duration maximumAge) {}
