/** Times requests in a servlet container. The entry point is {@link io.perfkit.monitoring.servlet.MonitoringFilter}. */
@NullMarked
package io.perfkit.monitoring.servlet;

import org.jspecify.annotations.NullMarked;
