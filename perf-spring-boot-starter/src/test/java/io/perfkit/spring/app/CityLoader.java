package io.perfkit.spring.app;

import io.perfkit.spring.batching.BatchLoader;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

@Component
public class CityLoader {

    private final JdbcClient jdbc;
    private final AtomicInteger batches = new AtomicInteger();

    public CityLoader(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @BatchLoader("cities")
    @Transactional(readOnly = true)
    public Map<Long, String> cities(Set<Long> owners) {
        batches.incrementAndGet();
        return jdbc
                .sql("select id, city from owner where id in (:ids)")
                .param("ids", owners)
                .query(OwnerView.class)
                .list()
                .stream()
                .collect(Collectors.toMap(OwnerView::id, OwnerView::city));
    }

    public int batches() {
        return batches.get();
    }
}
