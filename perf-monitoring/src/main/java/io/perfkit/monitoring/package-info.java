/**
 * Shows where the time of a request goes: which endpoint, which call, which query. The entry point is
 * {@link io.perfkit.monitoring.PerformanceMonitor}.
 */
@NullMarked
package io.perfkit.monitoring;

import org.jspecify.annotations.NullMarked;
