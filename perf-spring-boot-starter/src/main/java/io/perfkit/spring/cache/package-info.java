/** perf-cache in a Spring Boot application: annotations, transactions, Redis, {@code perfkit.cache.*}. */
@NullMarked
package io.perfkit.spring.cache;

import org.jspecify.annotations.NullMarked;
