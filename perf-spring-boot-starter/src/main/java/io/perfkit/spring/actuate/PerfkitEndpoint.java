package io.perfkit.spring.actuate;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** {@code /actuator/perfkit}: what is slow, and what was done about it. Shown once it is exposed, as other endpoints. */
@Endpoint(id = "perfkit")
final class PerfkitEndpoint {

    private final List<EndpointSection> sections;

    PerfkitEndpoint(List<EndpointSection> sections) {
        this.sections = List.copyOf(sections);
    }

    @ReadOperation
    public Map<String, Object> report() {
        Map<String, Object> report = new TreeMap<>();
        for (EndpointSection each : sections) {
            report.put(each.name(), each.content().get());
        }
        return report;
    }
}
