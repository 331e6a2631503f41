package io.perfkit.examples.clinic;

import java.time.LocalDate;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Visits extends JpaRepository<Visit, Long> {

    @Query("""
            select new io.perfkit.examples.clinic.VetLine(v.vet, count(v), sum(v.cost))
            from Visit v group by v.vet order by v.vet""")
    List<VetLine> byVet();

    @Query("""
            select new io.perfkit.examples.clinic.ReportLine(o.city, count(v), sum(v.cost))
            from Visit v join v.pet p join p.owner o where v.visitedOn between ?1 and ?2 group by o.city order by o.city""")
    List<ReportLine> byCity(LocalDate from, LocalDate to);
}
