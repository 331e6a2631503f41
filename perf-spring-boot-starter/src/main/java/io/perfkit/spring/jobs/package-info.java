/** The jobs of perf-batching in a Spring Boot application: a queue, its handlers by annotation, {@code perfkit.jobs.*}. */
@NullMarked
package io.perfkit.spring.jobs;

import org.jspecify.annotations.NullMarked;
