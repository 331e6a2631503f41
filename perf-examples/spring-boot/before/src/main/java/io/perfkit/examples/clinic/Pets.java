package io.perfkit.examples.clinic;

import org.springframework.data.jpa.repository.JpaRepository;

public interface Pets extends JpaRepository<Pet, Long> {}
