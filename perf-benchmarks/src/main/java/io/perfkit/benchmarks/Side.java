package io.perfkit.benchmarks;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Names whose turn a benchmark method is: perfkit's, a peer's, or a measure that the others are taken from. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Side {

    /** Perfkit. */
    String OURS = "ours";

    /** The call without any wrapper; it is subtracted from every other side and has no row of its own. */
    String RAW = "raw";

    /** What our own value is divided by where a line is a growth, such as the cost of the first page. */
    String BASE = "base";

    /** One of the constants above, or the peer's name: its artifact, or what it does by hand. */
    String value();
}
