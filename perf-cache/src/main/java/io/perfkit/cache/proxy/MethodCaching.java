package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.PerfCache;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Caching by annotations for a framework that intercepts calls itself, such as one with proxies that are subclasses: what
 * {@link CachingProxy} does, without the proxy. {@link Cached}, {@link Invalidates} and {@link Updates} may stand on
 * public methods of a class, on those of its superclasses, and on those of its interfaces, and mean the same as there.
 *
 * <p>For each type whose calls are intercepted, {@link #methods} checks the annotations and gives what is to be asked at
 * each call. Where regions need not exist beforehand, {@link #defineRegions} for all types comes first.
 *
 * <p>Thread-safe.
 */
public final class MethodCaching {

    private final PerfCache cache;
    private final @Nullable Function<String, @Nullable CachePolicy> policies;
    private final UnaryOperator<String> durationTexts;

    private MethodCaching(Builder builder) {
        cache = builder.cache;
        policies = builder.policies;
        durationTexts = builder.durationTexts;
    }

    /**
     * Starts from the defaults.
     *
     * @param cache has the regions that the annotations name
     * @return a builder
     */
    public static Builder builder(PerfCache cache) {
        return new Builder(cache);
    }

    /**
     * Whether a type has anything to do with a cache.
     *
     * @param type a class or interface
     * @return true if a method of it, or of its super-types, has one of the annotations, wherever it stands: a private
     *     method's is found too, so that {@link #methods} can refuse it
     */
    public static boolean isAnnotated(Class<?> type) {
        return superTypes(type).stream()
                .flatMap(each -> Arrays.stream(TargetClass.declared(each)))
                .anyMatch(method -> Marks.of(method).isOnMethod());
    }

    /**
     * Whether a method of a type has something to do with a cache. Checks nothing, and needs no regions.
     *
     * @param type the class of an object, or an interface
     * @param method of the type, or of one of its super-types
     * @return true if calls of it are to go through {@link CachedMethods#invoke}
     */
    public static boolean isAnnotated(Class<?> type, Method method) {
        return intercepted(type).stream().anyMatch(each -> InterceptedType.annotated(each, method) != null);
    }

    /**
     * Defines the regions that the {@code @Cached} and {@code @Updates} methods of a type name and that do not exist yet,
     * for values of the type that the method returns.
     *
     * @param type a class or interface
     * @throws CacheException if a region cannot hold such values, as {@link PerfCache#region(String, Class, CachePolicy)}
     *     says, or the method's annotation is wrong
     */
    public void defineRegions(Class<?> type) {
        for (Class<?> each : intercepted(type)) {
            new InterceptedType(each, cache, durationTexts).defineRegions(policies);
        }
    }

    /**
     * Checks the annotations of a type.
     *
     * @param type the class of an object without any proxy, an interface, or the class of a proxy that the JDK made, which
     *     stands for its interfaces
     * @return what its calls are to be given to
     * @throws CacheException if an annotation is wrong: the message names the class, the method, the annotation, its value,
     *     and what to do
     */
    public CachedMethods methods(Class<?> type) {
        List<InterceptedType> types = intercepted(type).stream()
                .map(each -> new InterceptedType(each, cache, durationTexts))
                .toList();
        types.forEach(InterceptedType::check);
        return new CachedMethods(types);
    }

    private static List<Class<?>> intercepted(Class<?> type) {
        return Proxy.isProxyClass(type)
                ? Arrays.stream(type.getInterfaces())
                        .filter(MethodCaching::isAnnotated)
                        .toList()
                : List.of(type);
    }

    /** A type and all that it extends and implements, the most specific first. */
    static Set<Class<?>> superTypes(Class<?> type) {
        Set<Class<?>> all = new LinkedHashSet<>();
        for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
            all.add(c);
        }
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            addInterfaces(c, all);
        }
        return all;
    }

    private static void addInterfaces(Class<?> type, Set<Class<?>> all) {
        for (Class<?> each : type.getInterfaces()) {
            all.add(each);
            addInterfaces(each, all);
        }
    }

    /** Says where regions and durations come from. Not thread-safe. */
    public static final class Builder {

        private final PerfCache cache;
        private @Nullable Function<String, @Nullable CachePolicy> policies;
        private UnaryOperator<String> durationTexts = UnaryOperator.identity();

        private Builder(PerfCache cache) {
            this.cache = Objects.requireNonNull(cache, "cache");
        }

        /**
         * The policies of the regions that {@link MethodCaching#defineRegions} defines. By default, each has that of
         * {@link CachePolicy.Builder} as it is built with no settings.
         *
         * @param value gives the policy of a region by its name; null for the default
         * @return this builder
         */
        public Builder regionPolicies(Function<String, @Nullable CachePolicy> value) {
            policies = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Fills in placeholders in the durations of annotations, such as {@code ${product.ttl}}. By default they are taken as
         * they are.
         *
         * @param value makes a text out of one that may have placeholders; what it throws comes out as it is
         * @return this builder
         */
        public Builder durationTexts(UnaryOperator<String> value) {
            durationTexts = Objects.requireNonNull(value, "value");
            return this;
        }

        /**
         * Builds it.
         *
         * @return what to ask for types
         */
        public MethodCaching build() {
            return new MethodCaching(this);
        }
    }

    /** The methods of a type that have something to do with a cache. Thread-safe. */
    public static final class CachedMethods {

        private final List<InterceptedType> types;

        private CachedMethods(List<InterceptedType> types) {
            this.types = types;
        }

        /**
         * Whether calls of a method are to go through {@link #invoke}.
         *
         * @param method of the type, or of one of its super-types
         * @return false if it has no annotation
         */
        public boolean has(Method method) {
            return find(method) != null;
        }

        /**
         * Answers a call from the cache, or makes it and tells the cache.
         *
         * @param method what is called
         * @param arguments of the call
         * @param continuation makes the call itself. It may be called later, on another thread, several times or never
         * @return what the caller is to see
         * @throws Throwable what the caller is to see; a checked exception that the method does not declare is not among it
         */
        public @Nullable Object invoke(Method method, @Nullable Object[] arguments, Continuation continuation)
                throws Throwable {
            Call call = find(method);
            return call == null ? continuation.proceed(arguments) : call.invoke(continuation, arguments);
        }

        private @Nullable Call find(Method method) {
            for (InterceptedType type : types) {
                Call call = type.call(method);
                if (call != null) {
                    return call;
                }
            }
            return null;
        }
    }

    /** The rest of a call that was intercepted. */
    @FunctionalInterface
    public interface Continuation {

        /**
         * Makes the call.
         *
         * @param arguments those of the call, or fewer elements of its {@link BulkKey} argument
         * @return what the method returned
         * @throws Throwable what it threw
         */
        @Nullable
        Object proceed(@Nullable Object[] arguments) throws Throwable;
    }
}
