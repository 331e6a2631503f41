package io.perfkit.monitoring.servlet;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The timers of {@code http.server.requests}, each made once, with the tags of Spring Boot. Their number is bounded by the
 * cap on names, the ten methods, the statuses and the classes of exceptions there are.
 */
final class RequestMeters {
    private final MeterRegistry registry;
    private final boolean enabled;
    private final ConcurrentHashMap<Key, Timer> timers = new ConcurrentHashMap<>();

    RequestMeters(MeterRegistry registry, boolean enabled) {
        this.registry = registry;
        this.enabled = enabled;
    }

    void record(Exchange exchange) {
        if (enabled) {
            Key key = new Key(exchange.method(), exchange.uri(), bounded(exchange.status()), exchange.exception());
            Timer timer = timers.get(key);
            if (timer == null) {
                timer = timers.computeIfAbsent(key, this::timer);
            }
            timer.record(exchange.scope().elapsed());
        }
    }

    private static int bounded(int status) {
        return status >= 100 && status <= 599 ? status : 0;
    }

    private Timer timer(Key key) {
        return Timer.builder("http.server.requests")
                .tag("method", key.method)
                .tag("uri", key.uri)
                .tag("status", key.status == 0 ? "UNKNOWN" : Integer.toString(key.status))
                .tag("outcome", outcome(key.status))
                .tag("exception", key.exception)
                .tag("error", key.exception)
                .register(registry);
    }

    private static String outcome(int status) {
        return switch (status / 100) {
            case 1 -> "INFORMATIONAL";
            case 2 -> "SUCCESS";
            case 3 -> "REDIRECTION";
            case 4 -> "CLIENT_ERROR";
            case 5 -> "SERVER_ERROR";
            default -> "UNKNOWN";
        };
    }

    private record Key(String method, String uri, int status, String exception) {}
}
