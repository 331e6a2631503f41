package io.perfkit.spring.app;

import org.jooq.DSLContext;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
public class OwnersOnJooq implements Owners {

    private final DSLContext jooq;

    public OwnersOnJooq(DSLContext jooq) {
        this.jooq = jooq;
    }

    @Override
    public OwnerView find(long id) {
        return new OwnerView(
                id, jooq.fetchOne("select city from owner where id = ?", id).get(0, String.class));
    }

    @Override
    public void move(long id, String city) {
        jooq.execute("update owner set city = ? where id = ?", city, id);
    }
}
