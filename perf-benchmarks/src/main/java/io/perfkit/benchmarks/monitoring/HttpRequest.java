package io.perfkit.benchmarks.monitoring;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.benchmarks.Line;
import io.perfkit.benchmarks.Side;
import io.perfkit.benchmarks.stub.Stub;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.servlet.MonitoringFilter;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/**
 * One request through the filter with its defaults, to a handler that does nothing: scope, timer, distribution and
 * {@code X-Response-Time}. The container is a stub, so that the filter is all that is measured.
 */
@Line("monitoring.http_request")
@BenchmarkMode(Mode.AverageTime)
@Threads(1)
public class HttpRequest {

    @Benchmark
    @Side(Side.OURS)
    public Object ours(Perfkit perfkit) throws ServletException, IOException {
        HttpServletRequest request = perfkit.request;
        perfkit.filter.doFilter(request, perfkit.response, perfkit.handler);
        for (String name : perfkit.attributes) {
            request.removeAttribute(name); // as new; a request is a few hundred bytes of the container's, not ours
        }
        return request;
    }

    /** The filter, and a container of one request. */
    @State(Scope.Thread)
    public static class Perfkit {

        final Filter filter = new MonitoringFilter(
                PerformanceMonitor.builder(new SimpleMeterRegistry()).build());
        final FilterChain handler = (request, response) -> {};
        final HttpServletRequest request = Stub.request();
        final HttpServletResponse response = Stub.response();
        final String[] attributes = {"io.perfkit.monitoring.servlet.MonitoringFilter.exchange"};
    }
}
