/** perf-monitoring in a Spring Boot application: data sources, requests, {@code perfkit.monitoring.*}. */
@NullMarked
package io.perfkit.spring.monitoring;

import org.jspecify.annotations.NullMarked;
