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
     */
    @Nullable
    Duration ttl(int status, Map<String, List<String>> headers) {
        if (!isKept(status)
                || (headers.containsKey("Set-Cookie") && !despiteSetCookie)
                || headers.containsKey("Content-Range")
                || headers.containsKey("Trailer")
                || neverEnds(headers)
                || !variesByKeyOnly(headers)) {
            return null;
        }
        Directives directives = Directives.of(values(headers, "Cache-Control"));
        if (directives.has("no-store") || directives.has("no-cache") || directives.has("private")) {
            return null;
        }
        Duration named = named(directives, headers);
        Duration wanted = named != null ? named : ABSENT.contains(status) ? notFoundTtl : longest;
        if (wanted == null || wanted.isZero() || wanted.isNegative()) {
            return null;
        }
        return wanted.compareTo(longest) < 0 ? wanted : longest;
    }

    /** How long the response says it is fresh, or null if it does not say. */
    private @Nullable Duration named(Directives directives, Map<String, List<String>> headers) {
        long seconds = directives.has("s-maxage") ? directives.seconds("s-maxage") : directives.seconds("max-age");
        if (seconds >= 0) {
            return Duration.ofSeconds(seconds).minus(ageOf(headers));
        }
        List<String> expires = values(headers, "Expires");
        if (expires.isEmpty()) {
            return null;
        }
        // What is no date, such as 0, means expired.
        Instant end = HttpDates.parse(expires.get(0));
        return end == null ? Duration.ZERO : Duration.between(clock.instant(), end);
    }

    /** How old the application says its response is already: it may have got it from another cache. */
    private static Duration ageOf(Map<String, List<String>> headers) {
        List<String> age = values(headers, "Age");
        if (age.isEmpty()) {
            return Duration.ZERO;
        }
        return Duration.ofSeconds(Directives.of(List.of("age=" + age.get(0))).seconds("age"));
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
