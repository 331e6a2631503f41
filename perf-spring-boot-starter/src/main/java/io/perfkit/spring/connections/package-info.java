/** perf-connections in a Spring Boot application: a bounded data source, feeds and WebSockets, {@code perfkit.datasource.*}, {@code perfkit.feeds.*}. */
@NullMarked
package io.perfkit.spring.connections;

import org.jspecify.annotations.NullMarked;
