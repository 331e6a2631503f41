package io.perfkit.examples.clinic;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.EntityGraph;
import org.springframework.data.jpa.repository.JpaRepository;

public interface Owners extends JpaRepository<Owner, Long> {

    List<Owner> findTop20ByNameContainingIgnoreCaseOrderByNameAscIdAsc(String text);

    @EntityGraph(attributePaths = "pets")
    Optional<Owner> findWithPetsById(long id);
}
