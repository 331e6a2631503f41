package io.perfkit.monitoring.junit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * How many queries a test method may run through monitored data sources, of whatever monitor. On a class it holds for each
 * of its methods, and one on a method counts instead. What {@code @BeforeEach} runs does not count, nor what runs on
 * threads to which the {@link io.perfkit.monitoring.RequestScope} is not carried.
 */
@Documented
@Inherited
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
@ExtendWith(BudgetExtension.class)
public @interface MaxQueries {
    /**
     * The most queries; a batch is one.
     *
     * @return 0 or more
     */
    int value();
}
