/** Times the queries of jOOQ. The entry point is {@link io.perfkit.monitoring.jooq.JooqMonitor}. */
@NullMarked
package io.perfkit.monitoring.jooq;

import org.jspecify.annotations.NullMarked;
