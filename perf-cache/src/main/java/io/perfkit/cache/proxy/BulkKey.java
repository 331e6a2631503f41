package io.perfkit.cache.proxy;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the {@code Collection}, {@code Set} or {@code List} whose elements have an entry each. In templates, its name
 * then means one element.
 *
 * <p>A {@link Cached} method returns a {@code Map} from elements to values. One call loads what is missing, and is given
 * only that. Elements without a value are left out of the result, which is a new map in the order of the elements.
 */
@Documented
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
public @interface BulkKey {}
