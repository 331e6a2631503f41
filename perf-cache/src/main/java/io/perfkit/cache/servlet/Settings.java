package io.perfkit.cache.servlet;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** The checks of a filter's settings. */
final class Settings {

    /** In lower case: headers that the filter handles itself. */
    private static final Set<String> NO_PART_OF_A_KEY = Set.of(
            "accept-encoding",
            "authorization",
            "cache-control",
            "connection",
            "content-length",
            "content-type",
            "cookie",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-unmodified-since",
            "pragma",
            "proxy-authorization",
            "range");

    private Settings() {}

    static String keyHeader(String name) {
        name("A key header", name);
        if (NO_PART_OF_A_KEY.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("A key header must be none that the filter handles itself, but was '"
                    + name + "'; see encodings and the options that begin with dangerously");
        }
        return name;
    }

    static String name(String what, String name) {
        if (!name.matches("[A-Za-z0-9._-]{1,100}")) {
            throw new IllegalArgumentException(
                    what + " must have 1 to 100 letters, digits, '.', '_' or '-', but was '" + name + "'");
        }
        return name;
    }

    static Duration duration(String setting, Duration value) {
        if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(Duration.ofDays(3650)) > 0) {
            throw new IllegalArgumentException(setting + " must be 1 ms to 3650 days, but was " + value);
        }
        return value;
    }

    /** A response is produced by a request that runs: nothing can be loaded in its absence, or after its end. */
    static void checkRegion(CacheRegion<CachedResponse> region) {
        if (region.valueType().isPresent()) {
            throw new IllegalArgumentException("Region '" + region.name()
                    + "' was defined by the class of its values: define it with CachedResponse.codec()");
        }
        CachePolicy policy = region.policy();
        refuse(region, "staleWhileRevalidate", !policy.staleWhileRevalidate().isZero());
        refuse(region, "staleIfError", !policy.staleIfError().isZero());
        refuse(region, "refreshAhead", policy.refreshAhead() > 0);
        refuse(region, "loadTimeout", policy.hardLoadTimeout().isPresent());
    }

    private static void refuse(CacheRegion<?> region, String setting, boolean set) {
        if (set) {
            throw new IllegalArgumentException("The policy of region '" + region.name() + "' has " + setting
                    + ", but ResponseCacheFilter produces a response only while the request that asks for it runs: leave "
                    + setting + " out; maximumWait bounds the waiting");
        }
    }
}
