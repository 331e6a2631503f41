package io.perfkit.spring.monitoring;

import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is measured in the application.
 *
 * @param enabled whether anything is measured
 * @param slowRequest from which time on a request is slow
 * @param slowQuery from which time on a statement is slow
 * @param window over how long figures are kept
 * @param responseTimeHeader whether responses carry their time as X-Response-Time
 * @param serverTimingHeader whether responses carry the number and time of their queries as Server-Timing, which tells
 *     clients about the inside of the application
 * @param developerHeaders whether responses carry headers for developers
 * @param excludedDataSources names of data source beans that stay as they are
 */
@ConfigurationProperties(prefix = "perfkit.monitoring", ignoreUnknownFields = false)
public record MonitoringProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("1s") Duration slowRequest,
        @DefaultValue("100ms") Duration slowQuery,
        @DefaultValue("15m") Duration window,
        @DefaultValue("false") boolean responseTimeHeader,
        @DefaultValue("false") boolean serverTimingHeader,
        @DefaultValue("false") boolean developerHeaders,
        @DefaultValue List<String> excludedDataSources) {}
