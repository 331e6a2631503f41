package io.perfkit.examples.clinic;

import io.perfkit.cache.proxy.Cached;
import java.time.YearMonth;
import java.util.List;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class StatisticsService {

    private final Visits visits;

    StatisticsService(Visits visits) {
        this.visits = visits;
    }

    @Cached(region = "dashboard")
    public List<VetLine> dashboard() {
        return visits.byVet();
    }

    @Cached(region = "report", key = "{month}")
    public List<ReportLine> report(YearMonth month) {
        return visits.byCity(month.atDay(1), month.atEndOfMonth());
    }
}
