package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.Invalidation;
import io.perfkit.cache.PerfCache;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Repeatable;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Invalidates when a method has returned normally, or its {@code CompletionStage} has completed so, once
 * {@link CachingProxy} stands before it. Says exactly one of {@link #key}, {@link #pattern}, {@link #tag} and
 * {@link #all}; may be repeated.
 *
 * <p>Arguments are read after the method has run, so that an id which the database assigned is there.
 * {@code {result}} is what the method returned. A null stands for every value in its place: too much is invalidated then
 * rather than too little. With a {@link BulkKey} parameter in the template, each of its elements is invalidated.
 *
 * <p>A method that runs inside a transaction returns before the commit. Give the cache a
 * {@link PerfCache.Builder#transactions TransactionContext}, and the invalidation takes effect at the commit; or put
 * {@link PerfCache#defer} around the transaction. Otherwise another caller loads the old row in between and caches it.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Repeatable(Invalidates.Several.class)
public @interface Invalidates {

    /**
     * The region; it exists before the proxy is made.
     *
     * @return the region's name
     */
    String region();

    /**
     * One key, as in {@link Cached#key}.
     *
     * @return the template, or empty
     */
    String key() default "";

    /**
     * All keys that match a pattern, as in {@link CacheRegion#invalidatePattern}: {@code cat:{product.categoryId}:*}.
     * Arguments mean themselves: a {@code *} in one of them is an asterisk.
     *
     * @return the template, or empty
     */
    String pattern() default "";

    /**
     * All values that carry a tag, as in {@link CacheRegion#invalidateTag}.
     *
     * @return the template, or empty
     */
    String tag() default "";

    /**
     * The whole region.
     *
     * @return false unless set
     */
    boolean all() default false;

    /**
     * Invalidates a second time after this time, as in {@link Invalidation#repeatAfter}, for loads that read a replica which
     * lags behind.
     *
     * @return such as {@code 2s}, or empty
     */
    String repeatAfter() default "";

    /** Holds repeated annotations; the compiler writes it. */
    @Documented
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @interface Several {

        /**
         * The annotations.
         *
         * @return at least two
         */
        Invalidates[] value();
    }
}
