package io.perfkit.examples.clinic;

import java.time.LocalDate;
import java.util.List;

public record OwnerView(long id, String name, String city, String telephone, List<PetView> pets) {

    public record PetView(long id, String name, String species, List<VisitView> visits) {}

    public record VisitView(long id, String vet, LocalDate visitedOn, String reason, int cost) {}

    static OwnerView of(Owner owner) {
        return new OwnerView(
                owner.getId(),
                owner.getName(),
                owner.getCity(),
                owner.getTelephone(),
                owner.getPets().stream().map(OwnerView::pet).toList());
    }

    private static PetView pet(Pet pet) {
        return new PetView(
                pet.getId(),
                pet.getName(),
                pet.getSpecies(),
                pet.getVisits().stream()
                        .map(visit -> new VisitView(
                                visit.getId(),
                                visit.getVet(),
                                visit.getVisitedOn(),
                                visit.getReason(),
                                visit.getCost()))
                        .toList());
    }
}
