package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.table;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import io.perfkit.monitoring.jdbc.MonitoredDataSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** Programs over Hibernate, jOOQ and JdbcTemplate, and the verdict on each. */
class FrameworkFindingsTest {
    private static final int OWNERS = 30;

    private static final PerformanceMonitor MONITOR =
            PerformanceMonitor.builder(new SimpleMeterRegistry()).build();

    private static SessionFactory sessions;
    private static DSLContext jooq;
    private static JdbcTemplate template;

    @BeforeAll
    static void open() {
        JdbcDataSource h2 = new JdbcDataSource();
        h2.setURL("jdbc:h2:mem:clinic;DB_CLOSE_DELAY=-1");
        DataSource timed = MonitoredDataSource.wrap(h2, MONITOR);
        sessions = Clinic.open(timed);
        Clinic.fill(sessions, OWNERS);
        jooq = DSL.using(timed, SQLDialect.H2);
        template = new JdbcTemplate(timed);
        template.execute("create table note (id int primary key, animal_id int, note varchar(20))");
        template.update("insert into note select x, mod(x, 60), 'note ' || x from system_range(1, 3000)");
    }

    @AfterAll
    static void close() {
        sessions.close();
    }

    private static List<Finding> findings(Runnable program) {
        try (RequestScope request = MONITOR.openScope("GET /owners")) {
            program.run();
            return request.findings();
        }
    }

    private static List<Finding> inSession(Consumer<Session> program) {
        return findings(() -> sessions.inTransaction(program));
    }

    private static void assertOne(List<Finding> found, Finding.Kind kind, String line) {
        assertThat(found).as("%s", found).hasSize(1);
        assertThat(found.get(0).kind()).isEqualTo(kind);
        assertThat(found.get(0).chain())
                .as("%s", found)
                .hasSizeBetween(1, 3)
                .allSatisfy(each -> assertThat(each).startsWith("shop.").doesNotContain("$$", "Proxy", ":-1"))
                .anySatisfy(each -> assertThat(each).contains(line));
    }

    private static List<Clinic.Owner> owners(Session session) {
        return session.createSelectionQuery("from Owner order by id", Clinic.Owner.class)
                .list();
    }

    private static int animalsOf(List<Clinic.Owner> owners) {
        int animals = 0;
        for (Clinic.Owner owner : owners) {
            animals += owner.getAnimals().size();
        }
        return animals;
    }

    @Test
    void hibernate_lazyCollectionInALoop_isNPlusOne_withTheLineOfTheLoop() {
        List<Finding> found = inSession(session -> animalsOf(owners(session)));
        assertOne(found, Finding.Kind.N_PLUS_ONE, "FrameworkFindingsTest.animalsOf");
        assertThat(found.get(0).count()).isEqualTo(OWNERS);
        assertThat(found.get(0).distinctParameters()).isEqualTo(OWNERS);
    }

    private static int namesOf(List<Clinic.Animal> animals) {
        int length = 0;
        for (Clinic.Animal animal : animals) {
            length += animal.getKind().getName().length();
        }
        return length;
    }

    @Test
    void hibernate_lazyToOneInALoop_isNPlusOne_andNoLineOfTheGeneratedClass() {
        List<Finding> found = inSession(session -> namesOf(
                session.createSelectionQuery("from Animal", Clinic.Animal.class).list()));
        assertOne(found, Finding.Kind.N_PLUS_ONE, "FrameworkFindingsTest.namesOf");
    }

    private static List<Integer> streamed(List<Clinic.Owner> owners) {
        return owners.stream().map(owner -> owner.getAnimals().size()).toList();
    }

    @Test
    void hibernate_lazyInAStream_namesTheLambdaAndItsCaller() {
        List<Finding> found = inSession(session -> streamed(owners(session)));
        assertOne(found, Finding.Kind.N_PLUS_ONE, "FrameworkFindingsTest.lambda$streamed");
        assertThat(found.get(0).chain().toString()).contains("FrameworkFindingsTest.streamed(");
    }

    @Test
    void hibernate_joinFetch_isNone() {
        assertThat(inSession(session ->
                        animalsOf(session.createSelectionQuery("from Owner o join fetch o.animals", Clinic.Owner.class)
                                .list())))
                .isEmpty();
    }

    @Test
    void hibernate_batchFetching_isNone() {
        assertThat(inSession(session -> {
                    session.setFetchBatchSize(3);
                    animalsOf(owners(session));
                }))
                .isEmpty();
    }

    @Test
    void hibernate_theSameRowFoundAgainAndAgain_isAnIdenticalQuery() {
        List<Finding> found = inSession(session -> {
            for (int i = 0; i < 15; i++) {
                session.find(Clinic.Owner.class, 7);
                session.clear();
            }
        });
        assertOne(found, Finding.Kind.IDENTICAL_QUERY, "theSameRowFoundAgainAndAgain");
    }

    private static void addKinds(Session session, int from) {
        for (int i = 0; i < 20; i++) {
            Clinic.Kind kind = new Clinic.Kind();
            kind.id = from + i;
            session.persist(kind);
        }
        session.flush();
    }

    @Test
    void hibernate_insertsWithoutBatches_areUnbatchedWrites_andWithThemNone() {
        assertOne(
                inSession(session -> addKinds(session, 1_000)),
                Finding.Kind.UNBATCHED_WRITES,
                "FrameworkFindingsTest.addKinds");
        assertThat(inSession(session -> {
                    session.setJdbcBatchSize(50);
                    addKinds(session, 2_000);
                }))
                .isEmpty();
    }

    @Test
    void hibernate_sequenceOfSingleNumbers_isSequenceRoundTrips() {
        List<Finding> found = inSession(session -> {
            session.setJdbcBatchSize(50);
            for (int i = 0; i < 12; i++) {
                session.persist(new Clinic.Visit());
            }
        });
        assertOne(found, Finding.Kind.SEQUENCE_ROUND_TRIPS, "sequenceOfSingleNumbers");
    }

    @Test
    void hibernate_pages_areNone() {
        assertThat(inSession(session -> {
                    for (int page = 0; page < 12; page++) {
                        session.createSelectionQuery("from Animal order by id", Clinic.Animal.class)
                                .setFirstResult(page * 5)
                                .setMaxResults(5)
                                .list();
                    }
                }))
                .isEmpty();
    }

    /** As a serializer would: no line of the application is on the stack. */
    @Test
    void hibernate_loadedByALibrary_namesTheTableAndTheScope() {
        try (RequestScope request = MONITOR.openScope("GET /owners")) {
            Executor carrying = RequestScope.carry((Executor) CompletableFuture::runAsync);
            sessions.inTransaction(session -> owners(session)
                    .forEach(owner -> CompletableFuture.supplyAsync(owner.getAnimals()::size, carrying)
                            .join()));
            assertThat(request.findings()).singleElement().satisfies(found -> {
                assertThat(found.kind()).isEqualTo(Finding.Kind.N_PLUS_ONE);
                assertThat(found.chain()).isEmpty();
                assertThat(found.where()).isEqualTo("table clinic_animal in GET /owners");
            });
        }
    }

    @Test
    void jooq_lookUpInALoop_isNPlusOne_andOfAllKeysAtOnceNone() {
        assertOne(findings(() -> notesOneByOne(20)), Finding.Kind.N_PLUS_ONE, "FrameworkFindingsTest.notesOneByOne");
        assertThat(findings(() -> jooq.select(field("note"))
                        .from(table("note"))
                        .where(field("id", Integer.class)
                                .in(IntStream.range(0, 40).boxed().toList()))
                        .fetch()))
                .isEmpty();
    }

    private static void notesOneByOne(int number) {
        for (int i = 1; i <= number; i++) {
            jooq.select(field("note"))
                    .from(table("note"))
                    .where(field("id", Integer.class).eq(i))
                    .fetchOne();
        }
    }

    @Test
    void jooq_writesOneByOne_areUnbatched_andABatchIsNone() {
        assertOne(
                findings(() -> {
                    for (int i = 0; i < 20; i++) {
                        jooq.update(table("note"))
                                .set(field("note", String.class), "changed " + i)
                                .where(field("id", Integer.class).eq(i))
                                .execute();
                    }
                }),
                Finding.Kind.UNBATCHED_WRITES,
                "jooq_writesOneByOne");
        assertThat(findings(() -> {
                    var batch = jooq.batch(jooq.update(table("note"))
                            .set(field("note", String.class), (String) null)
                            .where(field("id", Integer.class).eq((Integer) null)));
                    for (int i = 0; i < 20; i++) {
                        batch = batch.bind("changed again", i);
                    }
                    batch.execute();
                }))
                .isEmpty();
    }

    @Test
    void jooq_allRows_areUnbounded_andReadInPiecesNone() {
        assertOne(
                findings(() -> jooq.select(field("note")).from(table("note")).fetch()),
                Finding.Kind.UNBOUNDED_SELECT,
                "jooq_allRows");
        assertThat(findings(() -> {
                    try (Cursor<Record1<Object>> rows = jooq.select(field("note"))
                            .from(table("note"))
                            .fetchSize(100)
                            .fetchLazy()) {
                        rows.forEach(row -> {});
                    }
                }))
                .isEmpty();
    }

    @Test
    void jooq_countOfATable_isOne() {
        assertOne(
                findings(() -> jooq.selectCount().from(table("note")).fetchOne()),
                Finding.Kind.COUNT_OF_A_TABLE,
                "jooq_countOfATable");
    }

    private static void counted() {
        IntStream.range(0, 20)
                .forEach(i ->
                        template.queryForObject("select count(*) from note where animal_id = ?", Integer.class, i));
    }

    @Test
    void jdbcTemplate_lookUpInAStream_isNPlusOne() {
        List<Finding> found = findings(FrameworkFindingsTest::counted);
        assertOne(found, Finding.Kind.N_PLUS_ONE, "FrameworkFindingsTest.lambda$counted");
        assertThat(found.get(0).chain().toString()).contains("FrameworkFindingsTest.counted(");
    }

    @Test
    void jdbcTemplate_lookUpForEachRow_isNPlusOne() {
        List<Finding> found = findings(() -> template.query("select id from clinic_animal where id < 20", row -> {
            template.queryForList("select note from note where animal_id = ?", row.getInt(1));
        }));
        assertOne(found, Finding.Kind.N_PLUS_ONE, "jdbcTemplate_lookUpForEachRow");
    }

    @Test
    void jdbcTemplate_updates_areUnbatched_andABatchIsNone() {
        assertOne(
                findings(() -> {
                    for (int i = 0; i < 12; i++) {
                        template.update("update note set note = ? where id = ?", "x", i);
                    }
                }),
                Finding.Kind.UNBATCHED_WRITES,
                "jdbcTemplate_updates");
        assertThat(findings(() -> template.batchUpdate(
                        "update note set note = ? where id = ?",
                        IntStream.range(0, 50)
                                .mapToObj(i -> new Object[] {"y", i})
                                .toList())))
                .isEmpty();
    }

    @Test
    void jdbcTemplate_fewLookUps_areNone() {
        assertThat(findings(() -> {
                    for (int i = 0; i < 9; i++) {
                        template.queryForList("select note from note where animal_id = ?", i);
                    }
                }))
                .isEmpty();
    }
}
