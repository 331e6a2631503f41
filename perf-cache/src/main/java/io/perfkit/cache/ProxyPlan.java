package io.perfkit.cache;

import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks the annotations of one method of an interface, and makes of them what happens when it is called. Everything
 * that can be wrong is found here, when the proxy is made.
 */
final class ProxyPlan {

    private final ProxySite site;
    private final ProxyTarget target;
    private final PerfCache cache;
    private final ProxyReturn shape;

    private ProxyPlan(Class<?> type, Method method, Object target, PerfCache cache) {
        this.site = new ProxySite(type, method);
        this.target = new ProxyTarget(type, method, target);
        this.cache = cache;
        this.shape = ProxyReturn.of(site);
    }

    static boolean isAnnotated(Method method) {
        return method.isAnnotationPresent(Cached.class)
                || method.isAnnotationPresent(Updates.class)
                || method.getAnnotationsByType(Invalidates.class).length > 0;
    }

    static ProxyCall of(Class<?> type, Method method, Object target, PerfCache cache) {
        return new ProxyPlan(type, method, target, cache).call();
    }

    private ProxyCall call() {
        Cached cached = site.method().getAnnotation(Cached.class);
        Updates updates = site.method().getAnnotation(Updates.class);
        Invalidates[] invalidates = site.method().getAnnotationsByType(Invalidates.class);
        if (cached == null) {
            return changing(updates, invalidates);
        }
        if (updates != null || invalidates.length > 0) {
            throw site.error(
                    Cached.class,
                    "and @" + (updates != null ? "Updates" : "Invalidates")
                            + " too: what is answered by the cache does not run, and would change nothing. Leave one of "
                            + "them out");
        }
        return cached(cached);
    }

    private ProxyCall cached(Cached cached) {
        CacheRegion<Object> region = region(Cached.class, cached.region(), cached.ttl());
        Integer bulk = site.bulk();
        if (bulk != null) {
            return bulk(cached, region, bulk);
        }
        shape.checkCacheable(site, Cached.class);
        checkType(Cached.class, region, shape.value());
        return new ProxyCached(region, key(cached), shape, target, site.method().getExceptionTypes());
    }

    private ProxyCall bulk(Cached cached, CacheRegion<Object> region, int bulk) {
        ProxyType returned = site.returned();
        ProxyType element = site.keyed(bulk);
        if (returned.raw() != Map.class
                || returned.arguments().size() != 2
                || returned.arguments().get(0).raw() != element.raw()) {
            throw site.error(
                    Cached.class,
                    "and @BulkKey on a " + site.parameter(bulk) + ", but returns " + ProxyReturn.article(returned)
                            + ". Return a Map<" + element + ", ...> of what it finds");
        }
        ProxyType value = returned.arguments().get(1);
        ProxyReturn each = new ProxyReturn(false, false, value, false);
        each.checkCacheable(site, Cached.class);
        checkType(Cached.class, region, value);
        ProxyKey key = key(cached);
        if (!key.uses(bulk)) {
            throw site.error(
                    Cached.class,
                    "key",
                    cached.key(),
                    "which is the same for all elements of the @BulkKey parameter. Put its name into the key");
        }
        return new ProxyBulkCached(region, key, site, bulk, target);
    }

    private ProxyKey key(Cached cached) {
        if (!cached.key().isEmpty()) {
            return ProxyTemplate.of(site, Cached.class, "key", cached.key(), null);
        }
        ProxyArguments key = ProxyArguments.of(site, Cached.class);
        String owner = cache.proxyKeys().claim(cached.region(), key.start(), site.type());
        if (!owner.equals(site.type().getName())) {
            throw site.error(
                    Cached.class,
                    "region",
                    cached.region(),
                    "and no key, but " + owner + " has a method "
                            + site.method().getName()
                            + " with the same keys in this region. Give one of them a key, or a region of its own");
        }
        return key;
    }

    private ProxyCall changing(@Nullable Updates updates, Invalidates[] invalidates) {
        shape.checkTellsItsEnd(site, updates != null ? Updates.class : Invalidates.class);
        List<ProxyChanging.Change> changes = new ArrayList<>();
        boolean usesBulk = false;
        for (Invalidates each : invalidates) {
            CacheRegion<?> region = region(Invalidates.class, each.region(), "");
            ProxyTemplate template = template(each);
            Integer bulk = site.bulk();
            boolean inBulk = bulk != null && template != null && template.uses(bulk);
            usesBulk |= inBulk;
            changes.add(ProxyChanging.invalidation(
                    region, subject(each, region, template, inBulk ? bulk : null), repeatAfter(each)));
        }
        if (updates != null) {
            changes.add(update(updates));
        }
        if (site.bulk() != null && !usesBulk) {
            throw site.error(
                    "has @BulkKey on a parameter that no template mentions. Mention it, or leave @BulkKey out");
        }
        return new ProxyChanging(changes, shape, target, cache.transactions());
    }

    private ProxyChanging.Change update(Updates updates) {
        CacheRegion<Object> region = region(Updates.class, updates.region(), updates.ttl());
        if (site.bulk() != null) {
            throw site.error(
                    Updates.class, "and @BulkKey, but puts one value. Leave @BulkKey out, or use @Invalidates instead");
        }
        if (updates.key().isEmpty()) {
            throw site.error(
                    Updates.class, "key", "", "under which no other method would find the value. Name the key");
        }
        shape.checkCacheable(site, Updates.class);
        checkType(Updates.class, region, shape.value());
        return ProxyChanging.update(region, ProxyTemplate.of(site, Updates.class, "key", updates.key(), shape.value()));
    }

    private @Nullable ProxyTemplate template(Invalidates invalidates) {
        List<String> said = new ArrayList<>();
        ProxyTemplate template = null;
        for (String[] each : new String[][] {
            {"key", invalidates.key()}, {"pattern", invalidates.pattern()}, {"tag", invalidates.tag()}
        }) {
            if (!each[1].isEmpty()) {
                said.add(each[0]);
                template = ProxyTemplate.of(
                        site, Invalidates.class, each[0], each[1], shape.isVoid() ? null : shape.value());
            }
        }
        if (invalidates.all()) {
            said.add("all");
        }
        if (said.size() != 1) {
            throw site.error(
                    Invalidates.class,
                    "region",
                    invalidates.region(),
                    "and " + (said.isEmpty() ? "does not say what is invalidated" : String.join(" and ", said))
                            + ". Say one of key, pattern, tag and all");
        }
        return template;
    }

    private static ProxyChanging.Subject subject(
            Invalidates invalidates, CacheRegion<?> region, @Nullable ProxyTemplate template, @Nullable Integer bulk) {
        if (template == null) {
            return ProxyChanging.everything(region);
        }
        if (!invalidates.key().isEmpty()) {
            return ProxyChanging.keys(region, template, bulk);
        }
        return invalidates.tag().isEmpty()
                ? ProxyChanging.pattern(region, template, bulk)
                : ProxyChanging.tag(region, template, bulk);
    }

    private @Nullable Duration repeatAfter(Invalidates invalidates) {
        return invalidates.repeatAfter().isEmpty()
                ? null
                : duration(Invalidates.class, "repeatAfter", invalidates.repeatAfter(), delay -> {
                    // Of no invalidation, nothing is repeated, but the time is checked.
                    Invalidation.all(List.of()).repeatAfter(delay);
                    return delay;
                });
    }

    private Duration duration(
            Class<? extends Annotation> annotation, String attribute, String text, UnaryOperator<Duration> check) {
        Duration duration;
        try {
            duration = PolicyProperties.duration(attribute, text);
        } catch (IllegalArgumentException e) {
            throw site.error(
                    annotation, attribute, text, "which is no duration such as 250ms, 10s, 5m, 2h, 1d or PT5M");
        }
        try {
            return check.apply(duration);
        } catch (IllegalArgumentException e) {
            throw site.error(annotation, attribute, text, "but " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // checkType compares the classes of the values, wherever one is read or put
    private CacheRegion<Object> region(Class<? extends Annotation> annotation, String name, String ttl) {
        CacheRegion<Object> region = (CacheRegion<Object>) cache.findRegion(name);
        if (region == null) {
            String present = cache.regions().stream().map(CacheRegion::name).collect(Collectors.joining(", "));
            throw site.error(
                    annotation,
                    "region",
                    name,
                    "but cache '" + cache.name() + "' has " + (present.isEmpty() ? "no regions yet" : "only " + present)
                            + ". Define the region before the proxy is made");
        }
        return ttl.isEmpty()
                ? region
                : region.withTtl(duration(annotation, "ttl", ttl, value -> Checks.positive("ttl", value)));
    }

    private void checkType(Class<? extends Annotation> annotation, CacheRegion<?> region, ProxyType value) {
        Class<?> type = region.valueType().map(c -> (Class<?>) c).orElse(null);
        if (type == null) {
            return;
        }
        if (ProxyType.boxed(type) != value.raw()) {
            throw site.error(
                    annotation,
                    "region",
                    region.name(),
                    "but its value is " + ProxyReturn.article(value) + ", and that region has values of "
                            + type.getName() + ". Use a region of that type");
        }
        if (value.isParameterized() && region.shared() != null) {
            throw site.error(
                    annotation,
                    "region",
                    region.name(),
                    "but its value is " + ProxyReturn.article(value)
                            + ", and that region, defined by the class alone, does not know of what when it reads one "
                            + "from the shared tier. Define the region with a codec, such as "
                            + "JsonCodec.of(new TypeReference<" + value + ">() {})");
        }
    }
}
