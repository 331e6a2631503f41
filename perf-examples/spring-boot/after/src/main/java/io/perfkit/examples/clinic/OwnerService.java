package io.perfkit.examples.clinic;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.batching.Batcher;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.Keyset;
import java.util.List;
import java.util.Map;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.SQLDataType;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class OwnerService {

    private static final Field<Long> ID = field(name("owner", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<String> NAME = field(name("owner", "name"), SQLDataType.CLOB.notNull());
    private static final Field<String> CITY = field(name("owner", "city"), SQLDataType.CLOB.notNull());

    private final Owners owners;
    private final Batcher<Long, List<PetLine>> petsByOwner;
    private final DSLContext dsl;
    private final CursorPaginator<Record> pages;

    OwnerService(Owners owners, Batcher<Long, List<PetLine>> petsByOwner, DSLContext dsl, CursorCodec cursors) {
        this.owners = owners;
        this.petsByOwner = petsByOwner;
        this.dsl = dsl;
        this.pages = CursorPaginator.over(dsl, Keyset.by(NAME.asc(), ID.asc()).uniqueBy(ID))
                .cursors(cursors)
                .build();
    }

    public CursorPage<OwnerLine> list(CursorRequest request) {
        CursorPage<Record> page = pages.fetch(dsl.select(ID, NAME, CITY).from(table(name("owner"))), request);
        Map<Long, List<PetLine>> pets =
                petsByOwner.getAll(page.map(owner -> owner.get(ID)).items());
        return page.map(owner -> new OwnerLine(
                owner.get(ID), owner.get(NAME), owner.get(CITY), pets.getOrDefault(owner.get(ID), List.of())));
    }

    @Cached(region = "search", key = "{text}")
    public List<OwnerLine> search(String text) {
        List<Owner> found = owners.findTop20ByNameContainingIgnoreCaseOrderByNameAscIdAsc(text);
        Map<Long, List<PetLine>> pets =
                petsByOwner.getAll(found.stream().map(Owner::getId).toList());
        return found.stream()
                .map(owner -> new OwnerLine(
                        owner.getId(), owner.getName(), owner.getCity(), pets.getOrDefault(owner.getId(), List.of())))
                .toList();
    }

    @Cached(region = "owner", key = "{id}")
    public OwnerView find(long id) {
        return OwnerView.of(owners.findWithPetsById(id).orElseThrow(NotFoundException::new));
    }

    @Invalidates(region = "owner", key = "{id}")
    public OwnerView move(long id, String city) {
        Owner owner = owners.findWithPetsById(id).orElseThrow(NotFoundException::new);
        owner.setCity(city);
        return OwnerView.of(owner);
    }
}
