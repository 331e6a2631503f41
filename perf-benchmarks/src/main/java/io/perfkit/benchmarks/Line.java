package io.perfkit.benchmarks;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Names the line of the report that a benchmark class measures, {@code cache.local_hit.1t} for example. Each benchmark
 * method of the class is one {@link Side} of it.
 *
 * <p>Where a name ends in {@code .added}, every side counts only with what it adds to {@link Side#RAW}, the call without
 * any wrapper.
 *
 * <p>Where it has {@code _p999} in it, the benchmark samples single calls, and what counts of a round is the duration that
 * 999 of 1,000 calls do not exceed.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Line {

    /** The ending of the names whose sides count with what they add to the raw call. */
    String ADDED = ".added";

    /** What the names have in them whose sides count with the 99.9th percentile. */
    String P999 = "_p999";

    /** The name: the area, a point, and what is measured. */
    String value();
}
