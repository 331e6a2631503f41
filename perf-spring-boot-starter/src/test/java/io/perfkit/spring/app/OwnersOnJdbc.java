package io.perfkit.spring.app;

import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
@Transactional
public class OwnersOnJdbc implements Owners {

    private final JdbcTemplate jdbc;

    public OwnersOnJdbc(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public OwnerView find(long id) {
        return new OwnerView(id, jdbc.queryForObject("select city from owner where id = ?", String.class, id));
    }

    @Override
    public void move(long id, String city) {
        jdbc.update("update owner set city = ? where id = ?", city, id);
    }
}
