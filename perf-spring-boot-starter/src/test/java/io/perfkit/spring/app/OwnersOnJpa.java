package io.perfkit.spring.app;

import jakarta.persistence.EntityManager;
import jakarta.persistence.PersistenceContext;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
public class OwnersOnJpa implements Owners {

    @PersistenceContext
    private EntityManager entities;

    @Override
    public OwnerView find(long id) {
        Owner owner = entities.find(Owner.class, id);
        return new OwnerView(id, owner.getCity());
    }

    @Override
    public void move(long id, String city) {
        entities.find(Owner.class, id).setCity(city);
    }
}
