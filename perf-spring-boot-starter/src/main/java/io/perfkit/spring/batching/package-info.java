/** perf-batching in a Spring Boot application: batchers of annotated methods, {@code perfkit.batching.*}. */
@NullMarked
package io.perfkit.spring.batching;

import org.jspecify.annotations.NullMarked;
