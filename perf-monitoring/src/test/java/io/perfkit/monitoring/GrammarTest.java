package io.perfkit.monitoring;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.load.LoadRequest;
import io.perfkit.monitoring.load.LoadTest;
import io.perfkit.monitoring.servlet.MonitoringFilter;
import io.perfkit.testkit.grammar.Grammar;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {
    @Test
    void publicTypes_ofThisArtifact_followTheGrammar() {
        Grammar.of(PerformanceMonitor.class)
                .sample(PerformanceMonitor.Builder.class, GrammarTest::monitor)
                .value(Thresholds.class, Thresholds.builder().build())
                .sample(Thresholds.Builder.class, Thresholds::builder)
                .sample(
                        MonitoringFilter.Builder.class,
                        () -> MonitoringFilter.builder(monitor().build()))
                .sample(RequestScope.class, () -> monitor().build().openScope("job"))
                .sample(
                        RequestScope.Binding.class,
                        () -> monitor().build().newScope("job").bind())
                .settings(LoadTest.class, () -> LoadTest.of("http://localhost:1"))
                .value(LoadRequest.class, LoadRequest.get("/"))
                .value(PrintStream.class, System.out)
                .contradiction(
                        "constantRate",
                        "users",
                        () -> LoadTest.ofTasks()
                                .task("none", () -> null)
                                .requests(1)
                                .constantRate(1)
                                .users(1)
                                .run())
                .except("wither", "QueryCount#requireAtMost", "answers itself, so that a test can go on with it")
                .except("wither", "LoadResult#requireThat", "answers itself, so that a test can go on with it")
                .except("wither", "LoadRequest#body", "a request is a value, of which a test has several variants")
                .except("wither", "LoadRequest#header", "a request is a value, of which a test has several variants")
                .check();
    }

    private static PerformanceMonitor.Builder monitor() {
        return PerformanceMonitor.builder(new SimpleMeterRegistry());
    }
}
