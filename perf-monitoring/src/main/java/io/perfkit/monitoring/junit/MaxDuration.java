package io.perfkit.monitoring.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How long a test method may take, over several runs. The method is run so often on the same instance, without
 * {@code @BeforeEach} between, so it must be one that can be repeated. The first runs warm up and do not count.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(BudgetExtension.class)
public @interface MaxDuration {
    /**
     * The time that 95 of 100 runs may take at most, such as {@code 200ms}.
     *
     * @return a duration; empty for no limit
     */
    String p95() default "";

    /**
     * The time that half of the runs may take at most.
     *
     * @return a duration; empty for no limit
     */
    String median() default "";

    /**
     * How many runs count.
     *
     * @return at least 1
     */
    int runs() default 50;

    /**
     * How many runs come before.
     *
     * @return 0 or more
     */
    int warmUp() default 5;
}
