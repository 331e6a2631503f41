/** perf-pagination in a Spring Boot application: pages as arguments and answers of controllers, {@code perfkit.pagination.*}. */
@NullMarked
package io.perfkit.spring.pagination;

import org.jspecify.annotations.NullMarked;
