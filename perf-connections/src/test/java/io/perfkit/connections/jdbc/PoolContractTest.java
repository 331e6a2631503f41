package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.connections.jdbc.PoolRoom.Case;
import io.perfkit.connections.jdbc.PoolUnderTest.Kind;
import io.perfkit.connections.jdbc.PoolUnderTest.Trait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What callers may expect of a pool, as a list of named cases: over the driver, over HikariCP and for pooled objects. For the
 * record, the same list is tried on HikariCP and on commons-pool2 alone, where each case that fails is printed.
 */
class PoolContractTest {
    private static List<Case> cases() {
        return Stream.of(PoolBorrowingCases.all(), PoolFaultCases.all(), PoolLifeCases.all())
                .flatMap(cases -> cases)
                .toList();
    }

    @TestFactory
    Stream<DynamicContainer> ours() {
        return Arrays.stream(Kind.values())
                .filter(kind -> kind.traits.contains(Trait.OURS))
                .map(kind -> DynamicContainer.dynamicContainer(
                        kind.name(),
                        cases().stream()
                                .filter(each -> each.suits(kind))
                                .map(each -> DynamicTest.dynamicTest(each.name(), () -> each.run(kind)))));
    }

    @Test
    void cases_haveNamesOfTheirOwn_andAreAtLeastNinety() {
        assertThat(cases()).extracting(Case::name).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(90);
    }

    /** Nothing is expected of them; some cases hang there, and are given up. */
    @Test
    @Tag("full")
    void others_forTheRecord() throws Exception {
        for (Kind kind : List.of(Kind.HIKARICP_ALONE, Kind.COMMONS_POOL2_ALONE)) {
            List<Case> suiting =
                    cases().stream().filter(each -> each.suits(kind)).toList();
            List<String> failed = new ArrayList<>();
            ExecutorService threads = Executors.newCachedThreadPool(task -> {
                Thread thread = new Thread(task);
                thread.setDaemon(true);
                return thread;
            });
            for (Case each : suiting) {
                Future<?> run = threads.submit(() -> {
                    each.run(kind);
                    return null;
                });
                try {
                    run.get(Duration.ofSeconds(8).toMillis(), TimeUnit.MILLISECONDS);
                } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
                    Throwable why = e.getCause() == null ? e : e.getCause();
                    failed.add(each.name() + " ("
                            + String.valueOf(why).lines().findFirst().orElse("") + ")");
                    run.cancel(true);
                }
            }
            threads.shutdownNow();
            System.out.printf("%s: %d of %d cases fail%n", kind, failed.size(), suiting.size());
            failed.forEach(name -> System.out.println("  " + name));
            assertThat(suiting).isNotEmpty();
        }
    }
}
