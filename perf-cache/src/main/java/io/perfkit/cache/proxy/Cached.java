package io.perfkit.cache.proxy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Caches what a method returns, once {@link CachingProxy} stands before it. With a {@link BulkKey}
 * parameter, each element of that parameter has an entry of its own. What may be returned, and what null does, is told
 * at {@link CachingProxy}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Cached {

    /**
     * The region that keeps the values; it exists before the proxy is made.
     *
     * @return the region's name
     */
    String region();

    /**
     * The key, as text with arguments in it: {@code {id}}, {@code {product.categoryId}}; a doubled brace is a brace.
     * Arguments stand in it as they are, so put something between two of them that occurs in neither.
     *
     * @return the template; without one, the key is the method's name and its arguments
     */
    String key() default "";

    /**
     * How long a value is fresh: a number with one of the units {@code ms}, {@code s}, {@code m}, {@code h}, {@code d}.
     *
     * @return such as {@code 10m}; without it, the ttl of the region's policy
     */
    String ttl() default "";
}
