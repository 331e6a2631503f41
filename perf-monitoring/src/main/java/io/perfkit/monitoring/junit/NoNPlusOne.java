package io.perfkit.monitoring.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test method must not run the same select from the same place with other parameters each time. What counts is as said
 * at {@link MaxQueries}.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(BudgetExtension.class)
public @interface NoNPlusOne {
    /**
     * From how many executions on it is one. Tests have few rows, so it is less than for a request.
     *
     * @return at least 3
     */
    int from() default 3;
}
