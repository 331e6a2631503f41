package io.perfkit.monitoring.servlet;

import jakarta.servlet.http.HttpServletMapping;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds bounded names: of the caller's function, or of the mapping. A path that a client chose is never one. */
final class EndpointNames {
    private static final Logger LOGGER = LoggerFactory.getLogger(MonitoringFilter.class);
    private static final Set<String> METHODS =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    /** Where Spring MVC leaves what it matched. */
    private static final String SPRING_PATTERN = "org.springframework.web.servlet.HandlerMapping.bestMatchingPattern";

    private final Function<HttpServletRequest, String> ofCaller;
    private final AtomicBoolean warned = new AtomicBoolean();

    EndpointNames(Function<HttpServletRequest, String> ofCaller) {
        this.ofCaller = ofCaller;
    }

    static String boundedMethod(String method) {
        return METHODS.contains(method) ? method : "OTHER";
    }

    String mappingOf(HttpServletRequest request) {
        HttpServletMapping mapping = request.getHttpServletMapping();
        String pattern = mapping == null ? null : mapping.getPattern();
        return pattern == null || pattern.isEmpty() ? "/" : pattern;
    }

    String name(HttpServletRequest request, Exchange exchange) {
        @Nullable String name = null;
        try {
            name = ofCaller.apply(request);
        } catch (RuntimeException failure) {
            if (warned.compareAndSet(false, true)) {
                LOGGER.warn("endpointName failed, the mapping {} is used; told once", exchange.mapping(), failure);
            }
        }
        if (name != null && !name.isEmpty()) {
            return name;
        }
        return request.getAttribute(SPRING_PATTERN) instanceof String pattern && !pattern.isEmpty()
                ? pattern
                : exchange.mapping();
    }
}
