package io.perfkit.examples.dashboard.stories;

import static io.perfkit.examples.dashboard.shop.Tables.BACKLOGS;
import static io.perfkit.examples.dashboard.shop.Tables.FEATURES;
import static io.perfkit.examples.dashboard.shop.Tables.PROJECTS;
import static org.jooq.impl.DSL.any;

import io.perfkit.batching.Batcher;
import io.perfkit.examples.dashboard.http.HttpSide;
import io.perfkit.examples.dashboard.measure.Budget;
import io.perfkit.examples.dashboard.measure.Figures;
import io.perfkit.examples.dashboard.measure.Row;
import io.perfkit.examples.dashboard.measure.StoryResult;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.DataSize;
import io.perfkit.examples.dashboard.shop.Shop;
import io.perfkit.examples.dashboard.shop.Sql;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.TimingStats;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Records;

/** Twenty projects with their features and the backlog of each: a query for each node, then one for each level. */
public final class ProjectTree implements Story {

    private static final int PROJECTS_PER_PAGE = 20;

    /** Enough for most of the code to be compiled, on both sides. */
    private static final int WARM_UP = 100;

    /** What the repaired side's monitor is told apart beside the request: the tree, and the query of each level. */
    private static final String TREE = "project tree";

    private static final List<String> LEVELS =
            List.of("project tree: projects", "project tree: features", "project tree: backlogs");

    record BacklogItem(long id, String title, int points) {}

    record Feature(long id, String name, List<BacklogItem> backlog) {}

    record Project(long id, String name, List<Feature> features) {}

    private record Named(long id, String name) {}

    private final int lastProject;
    private final PerformanceMonitor found;
    private final PerformanceMonitor repaired;
    private final Sql sql;
    private final DSLContext dsl;
    private final Batcher<Long, List<Named>> featuresByProject;
    private final Batcher<Long, List<BacklogItem>> backlogByFeature;

    public ProjectTree(Shop shop) {
        lastProject = shop.data().size().projects();
        found = shop.before().monitor();
        repaired = shop.after().monitor();
        sql = shop.before().sql();
        dsl = shop.after().dsl();
        featuresByProject = Batcher.<Long, List<Named>>builder("features", this::loadFeatures)
                .whenMissing(project -> List.of())
                .build();
        backlogByFeature = Batcher.<Long, List<BacklogItem>>builder("backlogs", this::loadBacklogs)
                .whenMissing(feature -> List.of())
                .build();
    }

    @Override
    public String name() {
        return "project tree";
    }

    @Override
    public String fault() {
        return "One query for the projects, one for the features of each, and one for the backlog of each of those.";
    }

    @Override
    public String repair() {
        return "A Batcher asks for all features at once and for all backlogs at once: three queries, however many nodes.";
    }

    @Override
    public void register(HttpSide http) {
        http.get("/before/projects/tree", query -> before(query.number("from", 1)));
        http.get("/after/projects/tree", query -> {
            long from = query.number("from", 1);
            return repaired.timed(TREE, () -> after(from));
        });
    }

    @Override
    public List<String> links() {
        return List.of("/before/projects/tree", "/after/projects/tree");
    }

    // As it was found ------------------------------------------------------------------------------------------------

    private List<Project> before(long from) throws SQLException {
        List<Named> projects = sql.list(
                "select id, name from projects where id >= ? order by id limit ?",
                row -> new Named(row.getLong(1), row.getString(2)),
                from,
                PROJECTS_PER_PAGE);
        List<Project> tree = new ArrayList<>();
        for (Named project : projects) {
            List<Feature> features = new ArrayList<>();
            for (Named feature : sql.list(
                    "select id, name from features where project_id = ? order by id",
                    row -> new Named(row.getLong(1), row.getString(2)),
                    project.id())) {
                List<BacklogItem> backlog = sql.list(
                        "select id, title, points from backlogs where feature_id = ? order by id",
                        row -> new BacklogItem(row.getLong(1), row.getString(2), row.getInt(3)),
                        feature.id());
                features.add(new Feature(feature.id(), feature.name(), backlog));
            }
            tree.add(new Project(project.id(), project.name(), features));
        }
        return tree;
    }

    // Repaired -------------------------------------------------------------------------------------------------------

    private List<Project> after(long from) {
        List<Named> projects = repaired.timed(
                LEVELS.get(0),
                () -> dsl.select(PROJECTS.ID, PROJECTS.NAME)
                        .from(PROJECTS)
                        .where(PROJECTS.ID.ge(from))
                        .orderBy(PROJECTS.ID)
                        .limit(PROJECTS_PER_PAGE)
                        .fetch(Records.mapping(Named::new)));
        Map<Long, List<Named>> features =
                repaired.timed(LEVELS.get(1), () -> featuresByProject.getAll(ids(projects.stream())));
        Map<Long, List<BacklogItem>> backlogs = repaired.timed(
                LEVELS.get(2),
                () -> backlogByFeature.getAll(ids(features.values().stream().flatMap(List::stream))));
        return projects.stream()
                .map(project -> new Project(
                        project.id(),
                        project.name(),
                        features.getOrDefault(project.id(), List.of()).stream()
                                .map(feature -> new Feature(
                                        feature.id(), feature.name(), backlogs.getOrDefault(feature.id(), List.of())))
                                .toList()))
                .toList();
    }

    private static List<Long> ids(Stream<Named> rows) {
        return rows.map(Named::id).toList();
    }

    /** An array is one parameter, so the statement has one text whatever the number of keys, and is prepared once. */
    private Map<Long, List<Named>> loadFeatures(Set<Long> projects) {
        return dsl.select(FEATURES.PROJECT_ID, FEATURES.ID, FEATURES.NAME)
                .from(FEATURES)
                .where(FEATURES.PROJECT_ID.eq(any(projects.toArray(Long[]::new))))
                .orderBy(FEATURES.ID)
                .fetchGroups(FEATURES.PROJECT_ID, row -> new Named(row.value2(), row.value3()));
    }

    private Map<Long, List<BacklogItem>> loadBacklogs(Set<Long> features) {
        return dsl.select(BACKLOGS.FEATURE_ID, BACKLOGS.ID, BACKLOGS.TITLE, BACKLOGS.POINTS)
                .from(BACKLOGS)
                .where(BACKLOGS.FEATURE_ID.eq(any(features.toArray(Long[]::new))))
                .orderBy(BACKLOGS.ID)
                .fetchGroups(BACKLOGS.FEATURE_ID, row -> new BacklogItem(row.value2(), row.value3(), row.value4()));
    }

    // Measured -------------------------------------------------------------------------------------------------------

    @Override
    public StoryResult measure(Bench bench) throws Exception {
        Figures before = bench.before("20 projects")
                .warmUp(WARM_UP)
                .users(2)
                .duration(bench.seconds(4))
                .run(i -> "/before/projects/tree?from=" + from(i));
        Figures after = bench.after("20 projects")
                .warmUp(WARM_UP)
                .users(2)
                .duration(bench.seconds(4))
                .run(i -> "/after/projects/tree?from=" + from(i));
        return new StoryResult(
                name(),
                fault(),
                repair(),
                List.of(new Row(before, null), new Row(after, before)),
                List.of(
                        Budget.atMost("queries per request", 3, after.queries(), Units::count),
                        Budget.exactly("errors", 0, after.errors())),
                List.of(),
                List.of(whereTheTimeGoes(after)));
    }

    /** By the monitors of both sides. Medians, so they add up to about the whole. */
    private String whereTheTimeGoes(Figures after) {
        TimingStats slow = named(found.endpoints(), "GET /before/projects/tree");
        TimingStats request = named(repaired.endpoints(), "GET /after/projects/tree");
        double server = request.p50().toNanos();
        double tree = named(repaired.calls(), TREE).p50().toNanos();
        double levels = 0;
        for (String level : LEVELS) {
            levels += named(repaired.calls(), level).p50().toNanos();
        }
        return "Where the time goes: before, " + Units.nanos(inDatabase(slow)) + " of " + Units.nanos(mean(slow))
                + " in the server are in the database, a round trip for each of "
                + Units.count((double) slow.queries() / slow.count()) + " queries. After, of "
                + Units.nanos(after.p50Nanos()) + " at the client, " + Units.nanos(levels)
                + " are the queries of the three levels with what jOOQ does for them ("
                + Units.nanos(inDatabase(request)) + " of it in the database), "
                + Units.nanos(Math.max(0, tree - levels)) + " putting the tree together, "
                + Units.nanos(Math.max(0, server - tree)) + " writing its "
                + (PROJECTS_PER_PAGE * (1 + DataSize.FEATURES_PER_PROJECT * (1 + DataSize.BACKLOGS_PER_FEATURE)))
                + " nodes as JSON, and " + Units.nanos(Math.max(0, after.p50Nanos() - server))
                + " HTTP and the client.";
    }

    private static TimingStats named(List<TimingStats> all, String name) {
        return all.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("the monitor has not seen " + name));
    }

    private static double inDatabase(TimingStats request) {
        return (double) request.database().total().toNanos() / request.count();
    }

    private static double mean(TimingStats request) {
        return request.mean().toNanos();
    }

    private long from(long index) {
        return 1 + index * PROJECTS_PER_PAGE % (lastProject - PROJECTS_PER_PAGE);
    }

    @Override
    public void close() {
        featuresByProject.close();
        backlogByFeature.close();
    }
}
