package io.perfkit.benchmarks;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Gives a benchmark method a second line of the report: something that JMH measured beside the time, such as
 * {@link RoundTrips}. The line is as any other, so a name that ends in {@code .added} wants a {@link Side#RAW}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Counts {

    /** What JMH calls the secondary result. */
    String result();

    /** The name of the line, as in {@link Line}. */
    String line();

    /** Whose turn the method is on that line, as in {@link Side}. */
    String side();
}
