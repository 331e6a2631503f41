package io.perfkit.examples.clinic;

import java.time.LocalDate;
import java.util.List;
import org.springframework.data.domain.PageRequest;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class VisitService {

    private final Visits visits;
    private final Pets pets;

    VisitService(Visits visits, Pets pets) {
        this.visits = visits;
        this.pets = pets;
    }

    public List<VisitLine> list(int page) {
        return visits.findAllByOrderByVisitedOnDescIdDesc(PageRequest.of(page, 20)).stream()
                .map(VisitService::line)
                .toList();
    }

    public VisitLine book(long pet, String vet, LocalDate day, String reason, int cost) {
        Pet patient = pets.findById(pet).orElseThrow(NotFoundException::new);
        return line(visits.save(new Visit(patient, vet, day, reason, cost)));
    }

    private static VisitLine line(Visit visit) {
        Pet pet = visit.getPet();
        Owner owner = pet.getOwner();
        return new VisitLine(
                visit.getId(),
                visit.getVisitedOn(),
                visit.getVet(),
                visit.getReason(),
                visit.getCost(),
                pet.getName(),
                owner.getId(),
                owner.getName());
    }
}
