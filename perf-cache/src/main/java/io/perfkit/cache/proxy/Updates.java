package io.perfkit.cache.proxy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Puts what a method returns into a region, once {@link CachingProxy} stands before it: after the method
 * has returned normally, after its {@link Invalidates}. A method that returns null or an empty {@code Optional}
 * invalidates the key instead.
 *
 * <p>Prefer {@link Invalidates} for what several callers change at once: two of them may put in another order than they
 * committed, and the older value then stays until its ttl ends.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Updates {

    /**
     * The region that keeps the value; it exists before the proxy is made.
     *
     * @return the region's name
     */
    String region();

    /**
     * The key, as in {@link Cached#key}. {@code {result}} is the value that the method returned. Nothing is put where
     * one of its arguments is null.
     *
     * @return the template
     */
    String key();

    /**
     * How long the value is fresh, as in {@link Cached#ttl}.
     *
     * @return such as {@code 10m}; without it, the ttl of the region's policy
     */
    String ttl() default "";
}
