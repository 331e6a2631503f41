package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The bounds file and the benchmarks fit: no benchmark without a row, and no row absent that is not said to be. */
class BoundsTest {

    private static final Set<String> NO_PEER = Set.of(Side.OURS, Side.RAW, Side.BASE);

    private final List<Catalogue.Entry> benchmarks = Arrays.stream(Area.values())
            .flatMap(area -> Catalogue.of(area).stream())
            .toList();

    /** Lines that no benchmark measures yet; the report lists them as absent. One that is built leaves this list. */
    private static final Set<String> ABSENT = Set.of();

    /** Peers that their line is not measured against yet. */
    private static final Set<String> ABSENT_PEERS = Set.of("connections.object_pool.2t stormpot");

    @Test
    void all_everyRow_hasABenchmarkForBothSidesUnlessItIsSaidToBeAbsent() {
        for (Bounds.Row row : Bounds.all()) {
            assertThat(sides(row.name()).contains(Side.OURS)).as(row.name()).isNotEqualTo(ABSENT.contains(row.name()));
            if (!row.absolute() && !ABSENT.contains(row.name())) {
                assertThat(sides(row.name()).contains(row.peer()))
                        .as(row.name() + " " + row.peer())
                        .isNotEqualTo(ABSENT_PEERS.contains(row.name() + " " + row.peer()));
            }
        }
    }

    /** As if every benchmark had been measured: what is then absent has none, and nothing is left out. */
    @Test
    void report_ofAFullRun_printsEveryRowOnceOrSaysThatItIsAbsent() {
        Measurements measurements = new Measurements();
        benchmarks.forEach(entry -> measurements.put(entry.line(), entry.side(), MeasurementsTest.nanos(2, 2)));
        List<Bounds.Row> asked = Compare.Request.parse("target", "all").bounds(Bounds.all());

        List<Report.Row> rows = Report.rows(asked, measurements, true);

        assertThat(rows)
                .extracting(row -> row.name() + " " + row.peer())
                .containsExactlyElementsOf(Bounds.all().stream()
                        .map(row -> row.name() + " " + row.peer())
                        .toList());
        Set<String> absent = rows.stream()
                .filter(row -> row.verdict() == Verdict.ABSENT)
                .map(row -> ABSENT.contains(row.name()) ? row.name() : row.name() + " " + row.peer())
                .collect(Collectors.toSet());
        assertThat(absent).containsExactlyInAnyOrderElementsOf(union(ABSENT, ABSENT_PEERS));
        assertThat(rows)
                .filteredOn(row -> row.goal().equals(Bounds.NOTHING))
                .allMatch(row -> row.verdict() == Verdict.NONE);
    }

    /** The page explains every line, and says of exactly the absent ones that they are. */
    @Test
    void page_everyLine_isExplainedAndSaidToBeAbsentWhereItIs() throws IOException {
        List<String> page = Files.readAllLines(Path.of("..", "docs", "benchmarks.md"));
        for (Bounds.Row bound : Bounds.all()) {
            String explanation = page.stream()
                    .filter(line -> line.startsWith("| `" + bound.name() + "` | "))
                    .findFirst()
                    .orElse("nothing about " + bound.name());
            assertThat(explanation.startsWith("| `" + bound.name() + "` | absent: "))
                    .as(explanation)
                    .isEqualTo(ABSENT.contains(bound.name()));
            String absentPeers = explanation.substring(explanation.indexOf("Absent: ") + 1);
            assertThat(explanation.contains("Absent: ") && absentPeers.contains("`" + bound.peer() + "`"))
                    .as("%s, in: %s", bound.peer(), explanation)
                    .isEqualTo(ABSENT_PEERS.contains(bound.name() + " " + bound.peer()));
        }
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        Set<String> both = new TreeSet<>(one);
        both.addAll(other);
        return both;
    }

    @Test
    void all_everyBenchmark_hasARow() {
        Set<String> rows = Bounds.all().stream()
                .map(row -> row.name() + " " + row.peer())
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> names = Bounds.all().stream().map(Bounds.Row::name).collect(Collectors.toSet());

        assertThat(benchmarks).isNotEmpty();
        assertThat(names)
                .containsAll(benchmarks.stream().map(Catalogue.Entry::line).toList());
        assertThat(rows)
                .containsAll(benchmarks.stream()
                        .filter(entry -> !NO_PEER.contains(entry.side()))
                        .map(entry -> entry.line() + " " + entry.side())
                        .toList());
    }

    @Test
    void all_everyRow_isThereOnceAndBelongsToAnArea() {
        assertThat(Bounds.all())
                .doesNotHaveDuplicates()
                .allSatisfy(row -> assertThat(Area.values())
                        .extracting(Area::title)
                        .contains(row.name().substring(0, row.name().indexOf('.'))));
    }

    @Test
    void catalogue_everyBenchmark_isInThePackageOfItsLinesArea() {
        for (Area area : Area.values()) {
            assertThat(Catalogue.of(area))
                    .as(area.title())
                    .isNotEmpty()
                    .allMatch(entry -> entry.line().startsWith(area.title() + "."));
        }
    }

    @Test
    void catalogue_everyAddedLine_hasARawSide() {
        assertThat(benchmarks)
                .filteredOn(entry -> entry.line().endsWith(Line.ADDED))
                .isNotEmpty()
                .allSatisfy(entry -> assertThat(sides(entry.line())).contains(Side.RAW));
    }

    @Test
    void catalogue_noLine_hasTheSameSideTwice() {
        assertThat(benchmarks)
                .extracting(entry -> entry.line() + " " + entry.side())
                .doesNotHaveDuplicates();
    }

    @Test
    void parse_aRowWithoutThreeFields_isRefused() {
        assertThatThrownBy(() -> Bounds.parse("cache.local_hit.1t caffeine 0.7"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a row is name, peer and bound with tabs between them, but was: "
                        + "cache.local_hit.1t caffeine 0.7");
    }

    @Test
    void parse_commentsAndEmptyLines_areNoRows() {
        assertThat(Bounds.parse("# a comment\n\nbatching.lonely_call\t-\t1000\n"))
                .singleElement()
                .satisfies(row -> assertThat(row.absolute()).isTrue());
    }

    private List<String> sides(String line) {
        return benchmarks.stream()
                .filter(entry -> entry.line().equals(line))
                .map(Catalogue.Entry::side)
                .toList();
    }
}
