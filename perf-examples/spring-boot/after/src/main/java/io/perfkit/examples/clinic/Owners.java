package io.perfkit.examples.clinic;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

public interface Owners extends JpaRepository<Owner, Long> {

    List<Owner> findTop20ByNameContainingIgnoreCaseOrderByNameAscIdAsc(String text);
}
