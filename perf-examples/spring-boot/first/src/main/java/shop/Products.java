package shop;

import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.Invalidates;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class Products {

    private final JdbcClient jdbc;

    Products(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Cached(region = "product", key = "{id}", ttl = "10m")
    public Product find(long id) {
        return jdbc.sql("select id, name from product where id = ?")
                .param(id)
                .query(Product.class)
                .single();
    }

    @Invalidates(region = "product", key = "{id}")
    public void rename(long id, String name) {
        jdbc.sql("update product set name = ? where id = ?").params(name, id).update();
    }
}
