package io.perfkit.examples.clinic;

import java.time.LocalDate;
import java.util.List;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Visits extends JpaRepository<Visit, Long> {

    Page<Visit> findAllByOrderByVisitedOnDescIdDesc(Pageable page);

    List<Visit> findByVisitedOnBetween(LocalDate from, LocalDate to);

    @Query("select distinct v.vet from Visit v order by v.vet")
    List<String> vets();

    @Query("select count(v) from Visit v where v.vet = ?1")
    long countOf(String vet);

    @Query("select sum(v.cost) from Visit v where v.vet = ?1")
    long revenueOf(String vet);

    @Query("select coalesce(sum(v.cost), 0) from Visit v where v.pet = ?1")
    long spentOn(Pet pet);
}
