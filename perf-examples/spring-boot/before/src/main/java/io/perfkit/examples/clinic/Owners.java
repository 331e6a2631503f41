package io.perfkit.examples.clinic;

import java.util.List;
import org.springframework.data.domain.Page;
import org.springframework.data.domain.Pageable;
import org.springframework.data.jpa.repository.JpaRepository;

public interface Owners extends JpaRepository<Owner, Long> {

    Page<Owner> findAllByOrderByNameAscIdAsc(Pageable page);

    List<Owner> findTop20ByNameContainingIgnoreCaseOrderByNameAscIdAsc(String text);
}
