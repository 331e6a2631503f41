package io.perfkit.examples.clinic;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.perfkit.spring.batching.BatchLoader;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
public class PetLoader {

    private final Pets pets;

    PetLoader(Pets pets) {
        this.pets = pets;
    }

    @BatchLoader("petsByOwner")
    @Transactional(readOnly = true)
    public Map<Long, List<PetLine>> load(Set<Long> owners) {
        return pets.ofOwners(owners).stream()
                .collect(groupingBy(
                        PetOfOwner::owner, mapping(pet -> new PetLine(pet.id(), pet.name(), pet.spent()), toList())));
    }
}
