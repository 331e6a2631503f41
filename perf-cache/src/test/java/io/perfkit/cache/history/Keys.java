package io.perfkit.cache.history;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The keys of a history. Those with {@code a} and {@code b} change many times a second, those with {@code c} every few
 * seconds, so that old values of theirs are still about when a fault ends. Those with {@code 0} live for a short time
 * only, and are then served stale. That with {@code d} hardly ever changes: only its ttl ends its values. Its loads are
 * short, so that it shows soon when a value outlives that.
 */
final class Keys {

    private static final String UNCHANGED = "d0";

    static final List<String> ALL = all();
    static final Set<String> EVERY = Set.copyOf(ALL);
    static final List<String> TAGS = List.of("red", "green", "blue");

    private static final List<String> HOT =
            ALL.stream().filter(key -> key.matches("[ab].")).toList();
    private static final List<String> HOT_AND_LONG_LIVED =
            HOT.stream().filter(key -> !isShortLived(key)).toList();
    private static final List<String> COLD =
            ALL.stream().filter(key -> key.startsWith("c")).toList();
    private static final List<String> HOT_PATTERNS = List.of("a*", "b?", "[ab]1", "*b2*", "a[^0]", "[^c]3", "b[0-2]");
    private static final List<String> COLD_PATTERNS = List.of("c*", "?1", "c[23]", "*4");
    private static final Map<String, Set<String>> MATCHING = matching();

    private Keys() {}

    private static List<String> all() {
        List<String> keys = new ArrayList<>();
        for (String group : List.of("a", "b", "c")) {
            for (int i = 0; i < 5; i++) {
                keys.add(group + i);
            }
        }
        keys.add(UNCHANGED);
        return List.copyOf(keys);
    }

    private static Map<String, Set<String>> matching() {
        Map<String, Set<String>> matching = new LinkedHashMap<>();
        for (List<String> globs : List.of(HOT_PATTERNS, COLD_PATTERNS)) {
            for (String glob : globs) {
                Pattern regex = Pattern.compile(glob.replace("*", ".*").replace("?", "."));
                matching.put(
                        glob,
                        ALL.stream()
                                .filter(key -> regex.matcher(key).matches())
                                .collect(Collectors.toUnmodifiableSet()));
            }
        }
        return matching;
    }

    private static <T> T any(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    static boolean isShortLived(String key) {
        return key.endsWith("0");
    }

    static boolean isUnchanged(String key) {
        return key.equals(UNCHANGED);
    }

    static String toRead(Random random) {
        return any(ALL, random);
    }

    static String toChange(Random random) {
        return any(random.nextInt(50) == 0 ? COLD : HOT, random);
    }

    /** Up to so many hot keys that live long. */
    static Set<String> longLived(Random random, int most) {
        Set<String> keys = new LinkedHashSet<>();
        for (int i = 0; i < most; i++) {
            keys.add(any(HOT_AND_LONG_LIVED, random));
        }
        return keys;
    }

    static String patternToChange(Random random) {
        return any(random.nextInt(50) == 0 ? COLD_PATTERNS : HOT_PATTERNS, random);
    }

    /** None for most values. */
    static List<String> tags(String key, Random random) {
        return TAGS.stream()
                .filter(tag -> !isUnchanged(key) && random.nextInt(6) == 0)
                .toList();
    }

    static Set<String> matching(String pattern) {
        return MATCHING.get(pattern);
    }
}
