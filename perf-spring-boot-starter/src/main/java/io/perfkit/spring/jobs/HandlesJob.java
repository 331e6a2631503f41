package io.perfkit.spring.jobs;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a bean the handler of a type of jobs, that of its first parameter. A second one may be the
 * {@link io.perfkit.batching.jobs.JobContext}. What the method returns is the job's result; it may return nothing.
 *
 * <pre>{@code
 * @HandlesJob
 * public Total sales(SalesReport report, JobContext job) { … }
 *
 * JobId id = jobs.submit(new SalesReport(2026, 11));
 * }</pre>
 *
 * <p>A job is run at least once. {@code @Transactional} on the method means what it means elsewhere.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface HandlesJob {

    /**
     * The name under which payloads are kept in a database, for a class that may be renamed.
     *
     * @return empty for the simple name of the class
     */
    String value() default "";

    /**
     * The version of the payload's form.
     *
     * @return at least 1
     */
    int version() default 1;
}
