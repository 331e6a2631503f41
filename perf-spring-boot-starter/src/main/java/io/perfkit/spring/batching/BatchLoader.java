package io.perfkit.spring.batching;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a {@link io.perfkit.batching.Batcher} of a method of a bean, for others to inject:
 *
 * <pre>{@code
 * @BatchLoader("spentByPet")
 * public Map<Long, Spent> spent(Set<Long> pets) {…}
 *
 * OwnerController(Batcher<Long, Spent> spentByPet) {…}
 * }</pre>
 *
 * <p>The method has one parameter, a {@code Set} or {@code Collection} of keys, and returns a {@code Map} with their
 * values; or a {@code List} of keys, and returns a {@code List} with the value of each in its place. It is called through
 * the bean's proxies, so that it may be {@code @Transactional}.
 *
 * <p>A caller that is in a transaction or has an open session holds a connection, and does not wait for a batch that may
 * need another one of the same pool: its keys are loaded at once, in its own thread and transaction, where its own changes
 * are seen.
 *
 * <p>Settings of a batcher are {@code perfkit.batching.batchers.<name>.*}.
 */
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface BatchLoader {

    /**
     * The name of the batcher and of its bean.
     *
     * @return by default that of the method
     */
    String value() default "";
}
