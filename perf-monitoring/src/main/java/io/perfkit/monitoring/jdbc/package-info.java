/** Times and counts what goes through JDBC. The entry point is {@link io.perfkit.monitoring.jdbc.MonitoredDataSource}. */
@NullMarked
package io.perfkit.monitoring.jdbc;

import org.jspecify.annotations.NullMarked;
