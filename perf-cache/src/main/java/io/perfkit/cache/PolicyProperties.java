package io.perfkit.cache;

import io.perfkit.cache.CachePolicy.OnUnreachable;
import io.perfkit.cache.internal.DurationText;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads policies from properties of the form {@code region.setting=value}. */
final class PolicyProperties {

    private PolicyProperties() {}

    static Map<String, CachePolicy> read(Properties properties) {
        Map<String, Map<String, String>> byRegion = new LinkedHashMap<>();
        for (String name : new TreeSet<>(properties.stringPropertyNames())) {
            int dot = name.lastIndexOf('.');
            if (dot <= 0 || dot == name.length() - 1) {
                throw new IllegalArgumentException(
                        "The property '" + name + "' has not the form region.setting, such as projects.ttl");
            }
            byRegion.computeIfAbsent(
                            Checks.name("The name of a region", name.substring(0, dot)), r -> new LinkedHashMap<>())
                    .put(name.substring(dot + 1), properties.getProperty(name).strip());
        }
        Map<String, CachePolicy> policies = new LinkedHashMap<>();
        byRegion.forEach((region, settings) -> policies.put(region, policy(region, settings)));
        return Map.copyOf(policies);
    }

    private static CachePolicy policy(String region, Map<String, String> settings) {
        CachePolicy.Builder builder = CachePolicy.builder();
        Duration soft = null;
        Duration hard = null;
        for (Map.Entry<String, String> each : settings.entrySet()) {
            String property = region + "." + each.getKey();
            String value = each.getValue();
            switch (camelCase(each.getKey())) {
                case "ttl" -> builder.ttl(duration(property, value));
                case "ttlJitter" -> builder.ttlJitter(decimal(property, value));
                case "staleWhileRevalidate" -> builder.staleWhileRevalidate(duration(property, value));
                case "staleIfError" -> builder.staleIfError(duration(property, value));
                case "refreshAhead" -> builder.refreshAhead(decimal(property, value));
                case "nullTtl" -> builder.nullTtl(duration(property, value));
                case "softLoadTimeout" -> soft = duration(property, value);
                case "hardLoadTimeout" -> hard = duration(property, value);
                case "crossNodeLoads" -> builder.crossNodeLoads(duration(property, value));
                case "compressAbove" -> builder.compressAbove(number(property, value));
                case "localOnly" -> {
                    if (truth(property, value)) {
                        builder.localOnly();
                    }
                }
                case "sharedOnly" -> {
                    if (truth(property, value)) {
                        builder.sharedOnly();
                    }
                }
                case "onUnreachable" -> builder.onUnreachable(reaction(property, value));
                case "schemaVersion" -> builder.schemaVersion(number(property, value));
                default ->
                    throw new IllegalArgumentException("The property '" + property
                            + "' names no setting of a region. The settings are: ttl, ttlJitter, staleWhileRevalidate, "
                            + "staleIfError, refreshAhead, nullTtl, softLoadTimeout, hardLoadTimeout, crossNodeLoads, "
                            + "compressAbove, localOnly, sharedOnly, onUnreachable, schemaVersion");
            }
        }
        timeouts(region, builder, soft, hard);
        try {
            return builder.build();
        } catch (IllegalStateException contradiction) {
            throw new IllegalArgumentException(
                    "The properties of region '" + region + "': " + contradiction.getMessage(), contradiction);
        }
    }

    private static void timeouts(
            String region, CachePolicy.Builder builder, @Nullable Duration soft, @Nullable Duration hard) {
        if (hard != null) {
            builder.loadTimeout(soft == null ? hard : soft, hard);
        } else if (soft != null) {
            throw new IllegalArgumentException("The property '" + region + ".softLoadTimeout' (" + soft + ") needs '"
                    + region + ".hardLoadTimeout' beside it");
        }
    }

    private static String camelCase(String setting) {
        StringBuilder result = new StringBuilder(setting.length());
        for (String word : setting.split("-", -1)) {
            result.append(
                    result.isEmpty() || word.isEmpty()
                            ? word
                            : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        return result.toString();
    }

    private static Duration duration(String property, String value) {
        try {
            return DurationText.parse(value);
        } catch (IllegalArgumentException e) {
            throw wrong(property, value, DurationText.FORM);
        }
    }

    private static double decimal(String property, String value) {
        try {
            return Double.parseDouble(value);
        } catch (NumberFormatException e) {
            throw wrong(property, value, "a number such as 0.1");
        }
    }

    private static int number(String property, String value) {
        try {
            return Integer.parseInt(value);
        } catch (NumberFormatException e) {
            throw wrong(property, value, "a whole number");
        }
    }

    private static boolean truth(String property, String value) {
        return switch (value) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(property, value, "true or false");
        };
    }

    private static OnUnreachable reaction(String property, String value) {
        try {
            return OnUnreachable.valueOf(value.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw wrong(property, value, "one of " + Arrays.toString(OnUnreachable.values()));
        }
    }

    private static IllegalArgumentException wrong(String property, String value, String expected) {
        return new IllegalArgumentException(
                "The property '" + property + "' must be " + expected + ", but was '" + value + "'");
    }
}
