package io.perfkit.examples.clinic;

import java.util.List;
import org.springframework.data.domain.PageRequest;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class OwnerService {

    private final Owners owners;
    private final Visits visits;

    OwnerService(Owners owners, Visits visits) {
        this.owners = owners;
        this.visits = visits;
    }

    public List<OwnerLine> list(int page) {
        return owners.findAllByOrderByNameAscIdAsc(PageRequest.of(page, 20)).stream()
                .map(this::line)
                .toList();
    }

    public List<OwnerLine> search(String text) {
        return owners.findTop20ByNameContainingIgnoreCaseOrderByNameAscIdAsc(text).stream()
                .map(this::line)
                .toList();
    }

    private OwnerLine line(Owner owner) {
        List<PetLine> pets = owner.getPets().stream()
                .map(pet -> new PetLine(pet.getId(), pet.getName(), visits.spentOn(pet)))
                .toList();
        return new OwnerLine(owner.getId(), owner.getName(), owner.getCity(), pets);
    }

    public Owner find(long id) {
        return owners.findById(id).orElseThrow(NotFoundException::new);
    }

    public Owner move(long id, String city) {
        Owner owner = find(id);
        owner.setCity(city);
        return owner;
    }
}
