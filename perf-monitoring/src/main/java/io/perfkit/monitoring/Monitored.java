package io.perfkit.monitoring;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Times a method, or every method of a type, of an object behind {@link PerformanceMonitor#proxy}.
 *
 * <p>On both a type and its method, the method's annotation counts alone. On both the class and the interface, the
 * class counts. A method that returns a {@link java.util.concurrent.CompletionStage} is timed to its completion; one
 * that is declared to return a {@link java.util.concurrent.Future}, until its result is fetched or it is seen done. Behind a
 * proxy of Spring, the annotations of the class that it stands for count.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Monitored {

    /**
     * The name under which calls are timed. On a type it is the prefix, and the method's name follows after a dot.
     *
     * @return the name; empty for {@code SimpleClassName.methodName}
     */
    String value() default "";

    /**
     * From when on a call is slow: it is logged (at most once per minute and method) and raises
     * {@link Alert.Kind#SLOW_CALL}. A whole number with a unit, as in {@code 500ms}, {@code 2s}, {@code 5m}, {@code 1h},
     * {@code 7d}, or the ISO form, as in {@code PT0.0005S}.
     *
     * @return the duration; empty for no limit
     */
    String slowAfter() default "";

    /**
     * How many queries a call may run. More are logged (at most once per minute and method) and raise
     * {@link Alert.Kind#TOO_MANY_QUERIES}. Queries are seen where they run on the calling thread or on one to which
     * the {@link RequestScope} was carried.
     *
     * @return the number; negative for no limit
     */
    int maximumQueries() default -1;
}
