package io.perfkit.examples.clinic;

import java.time.YearMonth;
import java.util.List;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class StatisticsController {

    private final StatisticsService statistics;

    StatisticsController(StatisticsService statistics) {
        this.statistics = statistics;
    }

    @GetMapping("/dashboard")
    public List<VetLine> dashboard() {
        return statistics.dashboard();
    }

    @GetMapping("/report")
    public List<ReportLine> report(@RequestParam YearMonth month) {
        return statistics.report(month);
    }
}
