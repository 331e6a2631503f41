package io.perfkit.spring.aot;

import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;
import org.springframework.aot.hint.TypeReference;

/** What the artifacts look up by name. */
final class PerfkitRuntimeHints implements RuntimeHintsRegistrar {

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        for (String each : new String[] {
            "io.perfkit.cache.json.JsonCodec",
            "io.perfkit.spring.actuate.EndpointSection",
            "io.perfkit.monitoring.TimingStats",
            "io.perfkit.monitoring.QueryStats",
            "io.perfkit.monitoring.Finding",
            "io.perfkit.cache.CacheStats",
            "io.perfkit.batching.BatcherStats",
            "io.perfkit.batching.jobs.JobQueueStats",
            "org.springframework.cache.interceptor.SimpleKey"
        }) {
            hints.reflection()
                    .registerTypeIfPresent(
                            classLoader,
                            each,
                            MemberCategory.INVOKE_PUBLIC_METHODS,
                            MemberCategory.ACCESS_DECLARED_FIELDS);
        }
        hints.proxies().registerJdkProxy(TypeReference.of("io.perfkit.batching.jobs.JobQueue"));
        // Whether it is there is asked by its name.
        hints.reflection().registerType(TypeReference.of("tools.jackson.databind.ObjectMapper"));
    }
}
