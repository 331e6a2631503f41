package io.perfkit.examples.clinic;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.pagination.CursorCodec;
import io.perfkit.pagination.CursorPage;
import io.perfkit.pagination.CursorPaginator;
import io.perfkit.pagination.CursorRequest;
import io.perfkit.pagination.Keyset;
import java.time.LocalDate;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.SQLDataType;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

@Service
@Transactional
public class VisitService {

    private static final Field<Long> ID = field(name("visit", "id"), SQLDataType.BIGINT.notNull());
    private static final Field<LocalDate> DAY = field(name("visit", "visited_on"), SQLDataType.LOCALDATE.notNull());

    private final Visits visits;
    private final Pets pets;
    private final DSLContext dsl;
    private final CursorPaginator<Record> pages;

    VisitService(Visits visits, Pets pets, DSLContext dsl, CursorCodec cursors) {
        this.visits = visits;
        this.pets = pets;
        this.dsl = dsl;
        this.pages = CursorPaginator.over(dsl, Keyset.by(DAY.desc(), ID.desc()).uniqueBy(ID))
                .cursors(cursors)
                .build();
    }

    public CursorPage<VisitLine> list(CursorRequest request) {
        return pages.fetchInto(
                dsl.select(
                                ID,
                                DAY,
                                field(name("visit", "vet")),
                                field(name("visit", "reason")),
                                field(name("visit", "cost")),
                                field(name("pet", "name")),
                                field(name("owner", "id")),
                                field(name("owner", "name")))
                        .from(table(name("visit")))
                        .join(table(name("pet")))
                        .on(field(name("pet", "id"), Long.class).eq(field(name("visit", "pet_id"), Long.class)))
                        .join(table(name("owner")))
                        .on(field(name("owner", "id"), Long.class).eq(field(name("pet", "owner_id"), Long.class))),
                request,
                VisitLine.class);
    }

    @Invalidates(region = "owner", key = "{result.ownerId}")
    public VisitLine book(long pet, String vet, LocalDate day, String reason, int cost) {
        Pet patient = pets.findWithOwnerById(pet).orElseThrow(NotFoundException::new);
        return line(visits.save(new Visit(patient, vet, day, reason, cost)));
    }

    private static VisitLine line(Visit visit) {
        Pet pet = visit.getPet();
        Owner owner = pet.getOwner();
        return new VisitLine(
                visit.getId(),
                visit.getVisitedOn(),
                visit.getVet(),
                visit.getReason(),
                visit.getCost(),
                pet.getName(),
                owner.getId(),
                owner.getName());
    }
}
