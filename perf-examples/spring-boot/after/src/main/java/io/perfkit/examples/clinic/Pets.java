package io.perfkit.examples.clinic;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Pets extends JpaRepository<Pet, Long> {

    @Query("select p from Pet p join fetch p.owner where p.id = ?1")
    Optional<Pet> findWithOwnerById(long id);

    @Query("""
            select new io.perfkit.examples.clinic.PetOfOwner(p.owner.id, p.id, p.name, coalesce(sum(v.cost), 0))
            from Pet p left join p.visits v where p.owner.id in ?1 group by p.owner.id, p.id, p.name order by p.id""")
    List<PetOfOwner> ofOwners(Collection<Long> owners);
}
