package io.perfkit.cache.proxy;

import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One class or interface whose calls are intercepted, and what is done at each of its methods. */
final class InterceptedType {

    private static final Onward CONTINUATION =
            (continuation, arguments) -> ((MethodCaching.Continuation) continuation).proceed(arguments);

    private final Class<?> type;
    private final PerfCache cache;
    private final UnaryOperator<String> durationTexts;
    private final TargetClass target;
    /** By what is called; of one annotated method there is one call, whichever of its declarations was looked up. */
    private final Map<Method, Optional<Call>> calls = new ConcurrentHashMap<>();

    private final Map<Method, Call> byDeclaration = new ConcurrentHashMap<>();

    InterceptedType(Class<?> type, PerfCache cache, UnaryOperator<String> durationTexts) {
        this.type = type;
        this.cache = cache;
        this.durationTexts = durationTexts;
        this.target = TargetClass.ofType(type);
    }

    /** What is done when a method is called; null if it has no annotation. */
    @Nullable
    Call call(Method called) {
        Optional<Call> known = calls.get(called);
        if (known == null) {
            known = Optional.ofNullable(annotated(called))
                    .map(declaration -> byDeclaration.computeIfAbsent(declaration, this::plan));
            calls.put(called, known);
        }
        return known.orElse(null);
    }

    private Call plan(Method declaration) {
        return CallPlanner.of(new AnnotatedMethod(type, declaration), CONTINUATION, cache, durationTexts);
    }

    /** Plans all, so that what is wrong is found now, and warns of what is missing. */
    void check() {
        checkPlaces();
        List<Method> unannotated = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (!method.isBridge()
                    && !Modifier.isStatic(method.getModifiers())
                    && method.getDeclaringClass() != Object.class
                    && call(method) == null) {
                unannotated.add(method);
            }
        }
        UnannotatedMethods.warn(type, target, cache, unannotated);
    }

    void defineRegions(@Nullable Function<String, @Nullable CachePolicy> policies) {
        for (Method method : type.getMethods()) {
            Method declaration =
                    method.isBridge() || Modifier.isStatic(method.getModifiers()) ? null : annotated(method);
            if (declaration == null) {
                continue;
            }
            Cached cached = declaration.getAnnotation(Cached.class);
            Updates updates = declaration.getAnnotation(Updates.class);
            String region = cached != null ? cached.region() : updates != null ? updates.region() : null;
            if (region != null && cache.findRegion(region) == null) {
                define(region, new AnnotatedMethod(type, declaration), cached != null, policies);
            }
        }
    }

    private void define(
            String region,
            AnnotatedMethod annotated,
            boolean cached,
            @Nullable Function<String, @Nullable CachePolicy> policies) {
        ReturnShape shape = ReturnShape.of(annotated);
        ResolvedType value = shape.value();
        if (cached && annotated.bulk() != null && value.arguments().size() == 2) {
            value = value.arguments().get(1);
        } else {
            shape.checkCacheable(annotated, cached ? Cached.class : Updates.class);
        }
        CachePolicy policy = policies == null ? null : policies.apply(region);
        cache.region(
                region, value.toType(), policy == null ? CachePolicy.builder().build() : policy);
    }

    private @Nullable Method annotated(Method called) {
        return annotated(type, target, called);
    }

    static @Nullable Method annotated(Class<?> type, Method called) {
        return annotated(type, TargetClass.ofType(type), called);
    }

    /** The declaration that has the annotations of a method; null if there is none. */
    private static @Nullable Method annotated(Class<?> type, TargetClass target, Method called) {
        Method inClass = type.isInterface() ? null : target.annotated(called);
        List<Method> inInterfaces = MethodCaching.superTypes(type).stream()
                .filter(Class::isInterface)
                .flatMap(each -> Arrays.stream(TargetClass.declared(each)))
                .filter(each -> Marks.of(each).isOnMethod() && target.implementsMethod(each, called))
                .toList();
        // The most specific declaration counts; of two interfaces that do not know each other, neither does.
        List<Method> specific = inInterfaces.stream()
                .filter(each -> inInterfaces.stream()
                        .noneMatch(other -> !other.equals(each)
                                && each.getDeclaringClass().isAssignableFrom(other.getDeclaringClass())))
                .toList();
        if (specific.size() > 1 && specific.stream().map(Marks::of).distinct().count() > 1) {
            throw new AnnotatedMethod(type, specific.get(0))
                    .error("is annotated in two interfaces, and differently: "
                            + specific.get(0).getDeclaringClass().getName() + " and "
                            + specific.get(1).getDeclaringClass().getName() + ". Annotate it in " + type.getSimpleName()
                            + " itself");
        }
        if (inClass == null || !Marks.of(inClass).isOnMethod()) {
            return specific.isEmpty() ? null : specific.get(0);
        }
        for (Method each : specific) {
            if (!Marks.of(each).equals(Marks.of(inClass))) {
                throw new AnnotatedMethod(type, inClass)
                        .error("has other annotations than "
                                + each.getDeclaringClass().getName() + "."
                                + AnnotatedMethod.signature(each) + ". Annotate one of the two, the method and its "
                                + "parameters, or both in the same way");
            }
        }
        return inClass;
    }

    /** Annotations where no interceptor comes would do nothing, silently. */
    private void checkPlaces() {
        for (Class<?> each : MethodCaching.superTypes(type)) {
            for (Method method : TargetClass.declared(each)) {
                int modifiers = method.getModifiers();
                if (!Marks.of(method).isOnMethod() || method.isBridge()) {
                    continue;
                }
                String why = Modifier.isPrivate(modifiers)
                        ? "private"
                        : Modifier.isStatic(modifiers)
                                ? "static"
                                : Modifier.isFinal(modifiers)
                                        ? "final"
                                        : Modifier.isPublic(modifiers) ? null : "not public";
                if (why != null) {
                    throw new AnnotatedMethod(each, method)
                            .error("is annotated, but " + why
                                    + ": a call of it does not come through the proxy, so that "
                                    + "the annotation would do nothing. "
                                    + (why.equals("final")
                                            ? "Leave final out"
                                            : "Move it to a public method that other " + "objects call"));
                }
            }
        }
    }
}
