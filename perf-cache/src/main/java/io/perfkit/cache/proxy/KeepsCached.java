package io.perfkit.cache.proxy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * States that a method changes nothing that is cached, although its name sounds like a change: {@link CachingProxy} does
 * not warn of it. On an interface, the same for all of its methods that have none of the other annotations, inherited
 * ones too.
 */
@Documented
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
public @interface KeepsCached {}
