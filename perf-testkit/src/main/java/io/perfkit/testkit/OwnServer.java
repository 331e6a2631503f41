package io.perfkit.testkit;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Asks {@link ServersExtension} for a server that nobody else uses, for tests that stop it, fill it or configure it. It
 * is closed after the test or, in a static field or a parameter of a {@code @BeforeAll} method, after the test class.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.FIELD, ElementType.PARAMETER})
public @interface OwnServer {}
