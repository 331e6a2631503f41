package io.perfkit.spring.app;

import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.Keyset;
import io.perfkit.pagination.OffsetPage;
import io.perfkit.pagination.OffsetPaginator;
import io.perfkit.pagination.Totals;
import io.perfkit.spring.pagination.PageRequest;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record2;
import org.jooq.Table;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
public class OwnerController {

    private static final Table<Record> OWNER = DSL.table(DSL.name("owner"));
    private static final Field<Long> ID = DSL.field(DSL.name("id"), SQLDataType.BIGINT.notNull());
    private static final Field<String> CITY = DSL.field(DSL.name("city"), SQLDataType.VARCHAR);

    private final DSLContext jooq;
    private final CursorPaginator<Record2<Long, String>> paginator;
    private final OwnersOnJdbc owners;

    public OwnerController(DSLContext jooq, CursorCodec cursors, OwnersOnJdbc owners) {
        this.jooq = jooq;
        this.owners = owners;
        this.paginator = CursorPaginator.over(jooq, Keyset.by(ID.asc()).uniqueBy(ID))
                .cursors(cursors)
                .build();
    }

    @GetMapping("/owners")
    public CursorPage<OwnerView> page(CursorRequest request) {
        return paginator.fetchInto(jooq.select(ID, CITY).from(OWNER), request, OwnerView.class);
    }

    @GetMapping("/numbered")
    public OffsetPage<OwnerView> numbered(PageRequest request) {
        return OffsetPaginator.of(jooq)
                .fetchInto(
                        jooq.select(ID, CITY).from(OWNER).orderBy(ID),
                        request.page(),
                        request.size(),
                        Totals.exact(),
                        OwnerView.class);
    }

    @GetMapping("/owners/{id}")
    public OwnerView one(@PathVariable long id) {
        return owners.find(id);
    }

    @PutMapping("/owners/{id}/city")
    public void move(@PathVariable long id, @RequestParam String city) {
        owners.move(id, city);
    }
}
