package io.perfkit.examples.clinic;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

public interface Owners extends JpaRepository<Owner, Long> {

    List<Owner> findTop20ByNameContainingIgnoreCaseOrderByNameAscIdAsc(String text);

    /** Not by an entity graph: Hibernate keeps the plan of a query, but makes that of a graph anew at each call. */
    @Query("select o from Owner o left join fetch o.pets where o.id = ?1")
    Optional<Owner> findWithPetsById(long id);
}
