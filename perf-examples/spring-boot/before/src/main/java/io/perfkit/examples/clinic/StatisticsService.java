package io.perfkit.examples.clinic;

import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class StatisticsService {

    private final Visits visits;

    StatisticsService(Visits visits) {
        this.visits = visits;
    }

    public List<VetLine> dashboard() {
        return visits.vets().stream()
                .map(vet -> new VetLine(vet, visits.countOf(vet), visits.revenueOf(vet)))
                .toList();
    }

    public List<ReportLine> report(YearMonth month) {
        Map<String, List<Visit>> byCity = visits.findByVisitedOnBetween(month.atDay(1), month.atEndOfMonth()).stream()
                .collect(Collectors.groupingBy(
                        visit -> visit.getPet().getOwner().getCity(), TreeMap::new, Collectors.toList()));
        return byCity.entrySet().stream()
                .map(city -> new ReportLine(city.getKey(), city.getValue().size(), revenue(city.getValue())))
                .toList();
    }

    private static long revenue(List<Visit> visits) {
        return visits.stream().mapToLong(Visit::getCost).sum();
    }
}
