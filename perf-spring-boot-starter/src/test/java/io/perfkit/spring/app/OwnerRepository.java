package io.perfkit.spring.app;

import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.KeepsCached;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** A repository of Spring Data one of whose finders is cached. */
@KeepsCached
public interface OwnerRepository extends JpaRepository<Owner, Long> {

    @Cached(region = "repository-owner", key = "{id}")
    @Query("select new io.perfkit.spring.app.OwnerView(o.id, o.city) from Owner o where o.id = :id")
    Optional<OwnerView> view(long id);
}
