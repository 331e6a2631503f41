package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.Invalidation;
import io.perfkit.cache.PerfCache;
import io.perfkit.cache.internal.DurationText;
import java.lang.annotation.Annotation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Checks the annotations of one method, and makes of them what happens when it is called. Everything
 * that can be wrong is found here, when the proxy is made.
 */
final class CallPlanner {

    private final AnnotatedMethod annotated;
    private final Onward target;
    private final PerfCache cache;
    /** Fills in what stands for something else in the texts of durations. */
    private final UnaryOperator<String> texts;

    private final ReturnShape shape;

    private CallPlanner(AnnotatedMethod annotated, Onward target, PerfCache cache, UnaryOperator<String> texts) {
        this.annotated = annotated;
        this.target = target;
        this.cache = cache;
        this.texts = texts;
        this.shape = ReturnShape.of(annotated);
    }

    static Call of(AnnotatedMethod annotated, Onward target, PerfCache cache) {
        return of(annotated, target, cache, UnaryOperator.identity());
    }

    static Call of(AnnotatedMethod annotated, Onward target, PerfCache cache, UnaryOperator<String> texts) {
        return new CallPlanner(annotated, target, cache, texts).call();
    }

    private Call call() {
        Cached cached = annotated.declaration().getAnnotation(Cached.class);
        Updates updates = annotated.declaration().getAnnotation(Updates.class);
        Invalidates[] invalidates = annotated.declaration().getAnnotationsByType(Invalidates.class);
        if (cached == null) {
            return changing(updates, invalidates);
        }
        if (updates != null || invalidates.length > 0) {
            throw annotated.error(
                    Cached.class,
                    "and @" + (updates != null ? "Updates" : "Invalidates")
                            + " too: what is answered by the cache does not run, and would change nothing. Leave one of "
                            + "them out");
        }
        return cached(cached);
    }

    private Call cached(Cached cached) {
        CacheRegion<Object> region = region(Cached.class, cached.region(), cached.ttl());
        Integer bulk = annotated.bulk();
        if (bulk != null) {
            return bulk(cached, region, bulk);
        }
        shape.checkCacheable(annotated, Cached.class);
        checkType(Cached.class, region, shape.value());
        return new CachedCall(
                region,
                unmistakable(key(cached)),
                shape,
                target,
                annotated.method().getExceptionTypes());
    }

    private Call bulk(Cached cached, CacheRegion<Object> region, int bulk) {
        ResolvedType returned = annotated.returned();
        ResolvedType element = annotated.keyed(bulk);
        if (returned.raw() != Map.class
                || returned.arguments().size() != 2
                || returned.arguments().get(0).raw() != element.raw()) {
            throw annotated.error(
                    Cached.class,
                    "and @BulkKey on a " + annotated.parameter(bulk) + ", but returns " + ReturnShape.article(returned)
                            + ". Return a Map<" + element + ", ...> of what it finds");
        }
        ResolvedType value = returned.arguments().get(1);
        ReturnShape each = new ReturnShape(false, false, value, false);
        each.checkCacheable(annotated, Cached.class);
        checkType(Cached.class, region, value);
        CallKey key = key(cached);
        if (!key.uses(bulk)) {
            throw annotated.error(
                    Cached.class,
                    "key",
                    cached.key(),
                    "which is the same for all elements of the @BulkKey parameter. Put its name into the key");
        }
        return new BulkCachedCall(region, unmistakable(key), annotated, bulk, target);
    }

    private Unmistakable unmistakable(CallKey key) {
        return new Unmistakable(key, annotated.type().getName() + "." + AnnotatedMethod.signature(annotated.method()));
    }

    private CallKey key(Cached cached) {
        if (!cached.key().isEmpty()) {
            return Template.of(annotated, Cached.class, "key", cached.key(), null);
        }
        AllArgumentsKey key = AllArgumentsKey.of(annotated, Cached.class);
        String owner = MethodKeyOwners.of(cache).claim(cached.region(), key.start(), annotated.type());
        if (!owner.equals(annotated.type().getName())) {
            throw annotated.error(
                    Cached.class,
                    "region",
                    cached.region(),
                    "and no key, but " + owner + " has a method "
                            + annotated.method().getName()
                            + " with the same keys in this region. Give one of them a key, or a region of its own");
        }
        return key;
    }

    private Call changing(@Nullable Updates updates, Invalidates[] invalidates) {
        shape.checkTellsItsEnd(annotated, updates != null ? Updates.class : Invalidates.class);
        List<ChangingCall.Change> changes = new ArrayList<>();
        boolean usesBulk = false;
        for (Invalidates each : invalidates) {
            CacheRegion<?> region = region(Invalidates.class, each.region(), "");
            Template template = template(each);
            Integer bulk = annotated.bulk();
            boolean inBulk = bulk != null && template != null && template.uses(bulk);
            usesBulk |= inBulk;
            changes.add(ChangingCall.invalidation(
                    region, subject(each, region, template, inBulk ? bulk : null), repeatAfter(each)));
        }
        if (updates != null) {
            changes.add(update(updates));
        }
        if (annotated.bulk() != null && !usesBulk) {
            throw annotated.error(
                    "has @BulkKey on a parameter that no template mentions. Mention it, or leave @BulkKey out");
        }
        return new ChangingCall(changes, shape, target, cache);
    }

    private ChangingCall.Change update(Updates updates) {
        CacheRegion<Object> region = region(Updates.class, updates.region(), updates.ttl());
        if (annotated.bulk() != null) {
            throw annotated.error(
                    Updates.class, "and @BulkKey, but puts one value. Leave @BulkKey out, or use @Invalidates instead");
        }
        if (updates.key().isEmpty()) {
            throw annotated.error(
                    Updates.class, "key", "", "under which no other method would find the value. Name the key");
        }
        shape.checkCacheable(annotated, Updates.class);
        checkType(Updates.class, region, shape.value());
        return ChangingCall.update(region, Template.of(annotated, Updates.class, "key", updates.key(), shape.value()));
    }

    private @Nullable Template template(Invalidates invalidates) {
        List<String> said = new ArrayList<>();
        Template template = null;
        for (String[] each : new String[][] {
            {"key", invalidates.key()}, {"pattern", invalidates.pattern()}, {"tag", invalidates.tag()}
        }) {
            if (!each[1].isEmpty()) {
                said.add(each[0]);
                template = Template.of(
                        annotated, Invalidates.class, each[0], each[1], shape.isVoid() ? null : shape.value());
            }
        }
        if (invalidates.all()) {
            said.add("all");
        }
        if (said.size() != 1) {
            throw annotated.error(
                    Invalidates.class,
                    "region",
                    invalidates.region(),
                    "and " + (said.isEmpty() ? "does not say what is invalidated" : String.join(" and ", said))
                            + ". Say one of key, pattern, tag and all");
        }
        return template;
    }

    private static ChangingCall.Subject subject(
            Invalidates invalidates, CacheRegion<?> region, @Nullable Template template, @Nullable Integer bulk) {
        if (template == null) {
            return ChangingCall.everything(region);
        }
        if (!invalidates.key().isEmpty()) {
            return ChangingCall.keys(region, template, bulk);
        }
        return invalidates.tag().isEmpty()
                ? ChangingCall.pattern(region, template, bulk)
                : ChangingCall.tag(region, template, bulk);
    }

    private @Nullable Duration repeatAfter(Invalidates invalidates) {
        return invalidates.repeatAfter().isEmpty()
                ? null
                : checked(Invalidates.class, "repeatAfter", invalidates.repeatAfter(), delay -> {
                    // Of no invalidation, nothing is repeated, but the time is checked.
                    Invalidation.all(List.of()).repeatAfter(delay);
                    return delay;
                });
    }

    /** What is made of a duration by something that refuses one it cannot have. */
    private <T> T checked(
            Class<? extends Annotation> annotation, String attribute, String text, Function<Duration, T> use) {
        Duration duration;
        try {
            duration = DurationText.parse(texts.apply(text));
        } catch (IllegalArgumentException e) {
            throw annotated.error(annotation, attribute, text, "which is not " + DurationText.FORM);
        }
        try {
            return use.apply(duration);
        } catch (IllegalArgumentException e) {
            throw annotated.error(annotation, attribute, text, "but " + e.getMessage());
        }
    }

    @SuppressWarnings("unchecked") // checkType compares the classes of the values, wherever one is read or put
    private CacheRegion<Object> region(Class<? extends Annotation> annotation, String name, String ttl) {
        CacheRegion<Object> region = (CacheRegion<Object>) cache.findRegion(name);
        if (region == null) {
            String present = cache.regions().stream().map(CacheRegion::name).collect(Collectors.joining(", "));
            throw annotated.error(
                    annotation,
                    "region",
                    name,
                    "but cache '" + cache.name() + "' has " + (present.isEmpty() ? "no regions yet" : "only " + present)
                            + ". Define the region before the proxy is made");
        }
        return ttl.isEmpty() ? region : checked(annotation, "ttl", ttl, region::withTtl);
    }

    private void checkType(Class<? extends Annotation> annotation, CacheRegion<?> region, ResolvedType value) {
        Class<?> type = region.valueType().map(c -> (Class<?>) c).orElse(null);
        if (type == null) {
            return;
        }
        if (ResolvedType.boxed(type) != value.raw()) {
            throw annotated.error(
                    annotation,
                    "region",
                    region.name(),
                    "but its value is " + ReturnShape.article(value) + ", and that region has values of "
                            + type.getName() + ". Use a region of that type");
        }
        if (value.isParameterized() && region.isShared()) {
            throw annotated.error(
                    annotation,
                    "region",
                    region.name(),
                    "but its value is " + ReturnShape.article(value)
                            + ", and that region, defined by the class alone, does not know of what when it reads one "
                            + "from the shared tier. Define the region with a codec, such as "
                            + "JsonCodec.of(new TypeReference<" + value + ">() {})");
        }
    }
}
