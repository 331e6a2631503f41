package io.perfkit.spring.cache.manager;

import io.perfkit.cache.CacheException;
import java.lang.reflect.Field;
import java.time.temporal.Temporal;
import java.util.Arrays;
import java.util.Collection;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.cache.interceptor.SimpleKey;
import org.springframework.util.ReflectionUtils;

/**
 * Keys as texts, because nodes share them: the same text for keys that are equal, and another one for others. A single
 * value is the text that a template {@code {id}} makes of it, so that {@code @Cached} and {@code @Cacheable} can share a
 * region; several are separated, with what separates them escaped.
 */
final class KeyText {

    private static final @Nullable Field PARAMETERS = parameters();

    private KeyText() {}

    private static @Nullable Field parameters() {
        try {
            Field field = ReflectionUtils.findField(SimpleKey.class, "params");
            if (field != null) {
                field.setAccessible(true);
            }
            return field;
        } catch (RuntimeException closed) {
            return null;
        }
    }

    static String of(String cache, @Nullable Object key) {
        if (key instanceof SimpleKey simple) {
            Object parts = PARAMETERS == null ? null : ReflectionUtils.getField(PARAMETERS, simple);
            return parts instanceof Object[] all ? several(cache, Arrays.asList(all)) : key.toString();
        }
        return key instanceof Collection<?> many ? several(cache, many) : one(cache, key);
    }

    private static String several(String cache, Collection<?> parts) {
        return parts.stream()
                .map(each -> (each instanceof Collection<?> many ? several(cache, many) : one(cache, each))
                        .replace("\\", "\\\\")
                        .replace(",", "\\,"))
                .collect(Collectors.joining(",", "(", ")"));
    }

    private static String one(String cache, @Nullable Object part) {
        if (part == null
                || part instanceof CharSequence
                || part instanceof Number
                || part instanceof Boolean
                || part instanceof Character
                || part instanceof Enum<?>
                || part instanceof UUID
                || part instanceof Temporal
                || part instanceof Class<?>
                || part instanceof Record) {
            return part instanceof Enum<?> constant ? constant.name() : String.valueOf(part);
        }
        throw new CacheException("Cache '" + cache + "' was asked for a key of "
                + part.getClass().getName()
                + ", of which no text is known that is the same on all nodes. Name a property in the annotation, such as "
                + "key = \"#product.id\"");
    }
}
