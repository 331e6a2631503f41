package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheLoadException;
import io.perfkit.cache.CacheRegion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A call whose result has a key for each element of one argument. */
final class BulkCachedCall implements Call {

    private final CacheRegion<Object> region;
    private final Unmistakable key;
    private final int bulk;
    private final boolean takesSet;
    private final Onward target;
    private final Class<?>[] declared;

    BulkCachedCall(CacheRegion<Object> region, Unmistakable key, AnnotatedMethod annotated, int bulk, Onward target) {
        this.region = region;
        this.key = key;
        this.bulk = bulk;
        this.takesSet = annotated.parameter(bulk).raw() == Set.class;
        this.target = target;
        this.declared = annotated.method().getExceptionTypes();
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable {
        Collection<?> elements = (Collection<?>) arguments[bulk];
        if (elements == null) {
            return target.invoke(proxy, arguments);
        }
        Map<Object, String> keys = new LinkedHashMap<>();
        Map<String, Object> byKey = new LinkedHashMap<>();
        @Nullable Object[] single = arguments.clone();
        for (Object element : elements) {
            single[bulk] = element;
            String text = element == null ? null : key.of(single);
            if (text == null) {
                return target.invoke(proxy, arguments);
            }
            keys.put(element, text);
            byKey.putIfAbsent(text, element);
        }
        Map<String, Object> found;
        try {
            found = region.getOrSetAll(byKey.keySet(), missing -> load(proxy, arguments, byKey, missing));
        } catch (CacheLoadException e) {
            throw Passed.unwrapped(e, declared);
        }
        Map<Object, Object> result = new LinkedHashMap<>();
        keys.forEach((element, text) -> {
            Object value = found.get(text);
            if (value != null) {
                result.put(element, value);
            }
        });
        return result;
    }

    private Map<String, Object> load(
            Object proxy, @Nullable Object[] arguments, Map<String, Object> byKey, Set<String> missing) throws Passed {
        List<Object> elements = new ArrayList<>(missing.size());
        missing.forEach(text -> elements.add(byKey.get(text)));
        @Nullable Object[] narrowed = arguments.clone();
        narrowed[bulk] = takesSet ? new LinkedHashSet<>(elements) : elements;
        Map<?, ?> loaded = (Map<?, ?>) Passed.through(target, proxy, narrowed);
        Map<String, Object> values = new HashMap<>();
        if (loaded != null) {
            for (String text : missing) {
                Object value = loaded.get(byKey.get(text));
                if (value != null) {
                    values.put(text, value);
                }
            }
        }
        return values;
    }
}
