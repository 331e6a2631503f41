package io.perfkit.spring.pagination;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Pages of the application.
 *
 * @param enabled whether controllers take and answer pages
 * @param keys secrets that cursors are signed with; the first one signs, all are accepted
 * @param encrypted whether cursors are encrypted, and not only signed, so that clients cannot read their values
 * @param expireAfter after what time a cursor is refused; by default never
 * @param generateKey whether cursors are signed with a secret made at start, where there are no keys; every restart and every
 *     other node then refuses them
 * @param format the JSON of a page
 * @param defaultSize of a page for which the client names none, as the links to its neighbours have it
 */
@ConfigurationProperties(prefix = "perfkit.pagination", ignoreUnknownFields = false)
public record PaginationProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue List<Key> keys,
        @DefaultValue("false") boolean encrypted,
        @Nullable Duration expireAfter,
        @DefaultValue("false") boolean generateKey,
        @DefaultValue("plain") Format format,
        @DefaultValue("50") int defaultSize) {

    /**
     * A secret.
     *
     * @param id names it in cursors; a new secret needs a new one
     * @param secret at least 32 random bytes, as Base64
     */
    public record Key(@Nullable String id, @Nullable String secret) {

        @Override
        public String toString() {
            return "Key[" + id + "]";
        }
    }

    /** What a page looks like in JSON. */
    public enum Format {
        /** {@code {"items": […], "next": "…", "previous": null, "hasNext": true, "hasPrevious": false}}. */
        PLAIN,
        /** The connection of the Relay specification. */
        RELAY
    }
}
