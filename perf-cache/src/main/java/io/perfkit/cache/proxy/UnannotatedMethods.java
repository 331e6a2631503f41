package io.perfkit.cache.proxy;

import io.perfkit.cache.PerfCache;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Methods that sound as if they changed something, and say nothing about what is cached: most often inherited ones, such
 * as {@code save} and {@code deleteById} of a repository whose finders are cached. What is changed through them is
 * served as it was until its ttl ends.
 *
 * <p>They are logged and not refused. A name is no proof, a wide base interface has a dozen of them, which most
 * applications never call, and an upgrade that adds one there would keep the application from starting.
 */
final class UnannotatedMethods {

    private static final Logger LOG = LoggerFactory.getLogger(CachingProxy.class);

    private static final Pattern CHANGES =
            Pattern.compile("(?:save|store|persist|insert|upsert|create|add|put|set|update|modify|change|replace|merge"
                    + "|patch|write|delete|remove|purge|truncate|rename|move|increment|decrement|execute|bulk)"
                    + "(?![\\p{Ll}]).*");

    private UnannotatedMethods() {}

    /**
     * Logs what the proxy of an interface will not see, once per proxy.
     *
     * @param unannotated the methods that go straight to the object
     */
    static void warn(Class<?> type, TargetClass target, PerfCache cache, List<Method> unannotated) {
        String warning = warning(type, target, unannotated);
        if (warning != null) {
            LOG.warn("Cache '{}': {}", cache.name(), warning);
        }
    }

    /** What there is to say, or null. */
    static @Nullable String warning(Class<?> type, TargetClass target, List<Method> unannotated) {
        if (type.isAnnotationPresent(KeepsCached.class)
                || Arrays.stream(type.getMethods())
                        .noneMatch(m -> m.isAnnotationPresent(Cached.class) || target.isCached(m))) {
            return null;
        }
        String methods = unannotated.stream()
                .filter(method -> CHANGES.matcher(method.getName()).matches())
                .filter(method -> !target.keepsCached(method)
                        && !method.isAnnotationPresent(KeepsCached.class)
                        && !method.getDeclaringClass().isAnnotationPresent(KeepsCached.class))
                .map(method -> AnnotatedMethod.signature(method)
                        + (method.getDeclaringClass() == type
                                ? ""
                                : " of " + method.getDeclaringClass().getSimpleName()))
                .sorted()
                .distinct()
                .collect(Collectors.joining(", "));
        return methods.isEmpty()
                ? null
                : type.getName() + " has @Cached methods, and methods that sound as if they changed something and have "
                        + "no annotation: " + methods + ". What they change stays cached. Declare them in "
                        + type.getSimpleName() + " (by overriding, where they are inherited) with @Invalidates or "
                        + "@Updates, or with @KeepsCached if they change nothing that is cached";
    }
}
