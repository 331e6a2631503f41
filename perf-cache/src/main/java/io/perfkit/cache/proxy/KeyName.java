package io.perfkit.cache.proxy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The name by which templates call a parameter. Needed only where the interface was compiled without
 * {@code -parameters}, which keeps the names of the source.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface KeyName {

    /**
     * The name.
     *
     * @return such as {@code id}
     */
    String value();
}
