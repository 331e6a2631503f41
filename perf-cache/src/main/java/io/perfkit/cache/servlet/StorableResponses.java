package io.perfkit.cache.servlet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which responses are kept, and for how long. What a response says of itself can only shorten the time that the region
 * gives it: the region's is the operator's word.
 */
final class StorableResponses {

    private static final Set<Integer> KEPT = Set.of(200, 203, 301, 308);
    /** Kept only where somebody said for how long: anybody can ask for a million things that do not exist. */
    private static final Set<Integer> ABSENT = Set.of(404, 410);

    private static final Set<String> NEVER_ENDING = Set.of("text/event-stream", "multipart/x-mixed-replace");

    private final Duration longest;
    private final @Nullable Duration notFoundTtl;
    private final Set<String> keyed;
    private final boolean despiteSetCookie;
    private final InstantSource clock;

    /**
     * @param longest the region's ttl
     * @param notFoundTtl for absent resources whose response names no time, or null
     * @param keyed the request headers that are part of the key, in lower case
     * @param despiteSetCookie whether a response that sets a cookie is kept, without it
     */
    StorableResponses(
            Duration longest,
            @Nullable Duration notFoundTtl,
            Set<String> keyed,
            boolean despiteSetCookie,
            InstantSource clock) {
        this.longest = longest;
        this.notFoundTtl = notFoundTtl;
        this.keyed = keyed;
        this.despiteSetCookie = despiteSetCookie;
        this.clock = clock;
    }

    /** Whether responses of this status are ever kept. */
    static boolean isKept(int status) {
        return KEPT.contains(status) || ABSENT.contains(status);
    }

    boolean despiteSetCookie() {
        return despiteSetCookie;
    }

    Instant now() {
        return clock.instant();
    }

    /**
     * How long a response may be kept, or null if not at all.
     *
     * @param headers as far as the application has set them, in a map that finds names in any case
     * @param begun when the application was asked for it
     */
    @Nullable
    Duration ttl(int status, Map<String, List<String>> headers, Instant begun) {
        if (!isKept(status)
                || (headers.containsKey("Set-Cookie") && !despiteSetCookie)
                || headers.containsKey("Content-Range")
                || headers.containsKey("Trailer")
                || neverEnds(headers)
                || !variesByKeyOnly(headers)) {
            return null;
        }
        Directives directives = Directives.of(values(headers, "Cache-Control"));
        // Who may not store what he does not understand is told with both; what is kept at all is understood.
        boolean forbidden = directives.has("no-store") && !directives.has("must-understand");
        if (forbidden || directives.has("no-cache") || directives.has("private")) {
            return null;
        }
        Instant now = clock.instant();
        Instant date = date(headers, now);
        Duration lifetime = lifetime(status, headers, date == null ? now : date);
        if (lifetime == null) {
            return null;
        }
        Duration left = lifetime.minus(initialAge(headers, begun, now));
        return left.isZero() || left.isNegative() ? null : shorter(left, longest);
    }

    /** For how long a stored response can still be called fresh. */
    Duration left(CachedResponse stored) {
        Instant produced = Instant.ofEpochMilli(stored.producedAt());
        Duration lifetime = lifetime(stored.status(), stored.headers(), produced);
        return shorter(lifetime == null ? longest : lifetime, longest)
                .minus(Duration.between(produced, clock.instant()));
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    /** How long a response of this date is fresh: as it says itself, or else as the operator does. */
    private @Nullable Duration lifetime(int status, Map<String, List<String>> headers, Instant date) {
        Directives directives = Directives.of(values(headers, "Cache-Control"));
        long seconds = directives.has("s-maxage") ? directives.seconds("s-maxage") : directives.seconds("max-age");
        if (seconds >= 0) {
            return Duration.ofSeconds(seconds);
        }
        List<String> expires = values(headers, "Expires");
        if (!expires.isEmpty()) {
            // What is no date, such as 0, means expired.
            Instant end = HttpDates.parse(expires.get(0), date);
            return end == null ? Duration.ZERO : Duration.between(date, end);
        }
        return ABSENT.contains(status) ? notFoundTtl : longest;
    }

    /**
     * How old a response is when it comes (RFC 9111, 4.2.3). The application's own is new; what it has from elsewhere
     * says so by {@code Age}, to which the time of asking for it is added, or by a {@code Date} that is past.
     */
    Duration initialAge(Map<String, List<String>> headers, Instant begun, Instant now) {
        Instant date = date(headers, now);
        Duration apparent = date == null || date.isAfter(now) ? Duration.ZERO : Duration.between(date, now);
        List<String> age = values(headers, "Age");
        if (age.isEmpty()) {
            return apparent;
        }
        long told = Directives.of(List.of("age=" + age.get(0))).seconds("age");
        Duration corrected = Duration.ofSeconds(told).plus(Duration.between(begun, now));
        return corrected.compareTo(apparent) > 0 ? corrected : apparent;
    }

    private static @Nullable Instant date(Map<String, List<String>> headers, Instant now) {
        List<String> dates = values(headers, "Date");
        return dates.isEmpty() ? null : HttpDates.parse(dates.get(0), now);
    }

    /** The application sees no other header, so that a response that claims to vary by one is a misunderstanding. */
    private boolean variesByKeyOnly(Map<String, List<String>> headers) {
        return values(headers, "Vary").stream()
                .flatMap(line -> Directives.split(line).stream())
                .allMatch(name -> keyed.contains(name.toLowerCase(Locale.ROOT)));
    }

    private static boolean neverEnds(Map<String, List<String>> headers) {
        return values(headers, "Content-Type").stream()
                .map(type -> type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT))
                .anyMatch(NEVER_ENDING::contains);
    }

    private static List<String> values(Map<String, List<String>> headers, String name) {
        return headers.getOrDefault(name, List.of());
    }
}
