package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import io.perfkit.monitoring.junit.MaxDuration;
import io.perfkit.monitoring.junit.MaxQueries;
import io.perfkit.monitoring.junit.NoNPlusOne;
import io.perfkit.monitoring.junit.QueryCount;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** Budgets hold tests that keep them and fail tests that do not, with the queries and their lines. */
class BudgetTest {
    private static final Database DATABASE = new Database();
    private static final String BY_OWNER = "select name from pet where owner_id = ?";
    private static final AtomicInteger RUNS = new AtomicInteger();

    static void owners(int number) {
        for (int i = 0; i < number; i++) {
            DATABASE.query(BY_OWNER, i);
        }
    }

    @Test
    @MaxQueries(2)
    @NoNPlusOne
    void twoQueries_keepABudgetOfTwo() {
        owners(2);
    }

    @Test
    @MaxDuration(p95 = "10s", median = "5s", runs = 4, warmUp = 1)
    void shortMethod_isRunSoOften() {
        assertThat(RUNS.incrementAndGet()).isLessThanOrEqualTo(5);
    }

    @Test
    void queryCount_tellsWhatRan() {
        QueryCount count = QueryCount.of(() -> owners(2)).requireAtMost(2).requireNoNPlusOne();
        assertThat(count.queries()).isEqualTo(2);
        assertThat(count.rowsFetched()).isEqualTo(60);
        assertThat(count.breakdown()).hasSize(1);
        assertThat(count.toString()).contains("2 x select name from pet where owner_id = ?", "shop.BudgetTest.owners");
        assertThatThrownBy(() -> count.requireAtMost(1))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected at most 1 queries, but there were 2:")
                .hasMessageContaining("shop.BudgetTest.owners(BudgetTest.java:");
        assertThatThrownBy(() -> QueryCount.of(() -> owners(3)).requireNoNPlusOne())
                .hasMessageContaining("3 x select name from pet where owner_id = ?")
                .hasMessageContaining("shop.BudgetTest.owners(BudgetTest.java:");
    }

    @Test
    void noNPlusOne_fewKeysAgainAndAgain_isALoopToo_butOneKeyIsNone() {
        assertThatThrownBy(() -> QueryCount.of(() -> ownersOf(4, 40)).requireNoNPlusOne())
                .hasMessageContaining("40 x select name from pet where owner_id = ?")
                .hasMessageContaining("shop.BudgetTest.ownersOf(BudgetTest.java:");
        QueryCount.of(() -> ownersOf(1, 40)).requireNoNPlusOne();
    }

    private static void ownersOf(int keys, int number) {
        for (int i = 0; i < number; i++) {
            DATABASE.query(BY_OWNER, i % keys);
        }
    }

    @Test
    void queryCount_passesOnWhatIsThrown_andNeverStaysBound() {
        assertThatThrownBy(() -> QueryCount.of(() -> {
                    throw new java.io.IOException("no");
                }))
                .isInstanceOf(java.io.IOException.class);
        assertThat(io.perfkit.monitoring.RequestScope.current()).isNull();
    }

    /** Run by the tests below only. */
    @Tag("broken")
    static class Broken {
        @Test
        @MaxQueries(2)
        void tooMany() {
            owners(5);
        }

        @Test
        @NoNPlusOne
        void loop() {
            owners(3);
        }

        @Test
        @MaxDuration(p95 = "0ms", runs = 3)
        void slow() {
            owners(1);
        }

        @Test
        @MaxDuration(p95 = "fast")
        void misspelt() {}
    }

    private static Throwable failureOf(String method) {
        LauncherDiscoveryRequest request = LauncherDiscoveryRequestBuilder.request()
                .selectors(selectMethod(Broken.class, method))
                .build();
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        LauncherFactory.create().execute(request, summary);
        assertThat(summary.getSummary().getFailures()).hasSize(1);
        return summary.getSummary().getFailures().get(0).getException();
    }

    @Test
    void brokenBudgets_failTheirTests() {
        assertThat(failureOf("tooMany"))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("Expected at most 2 queries, but there were 5:")
                .hasMessageContaining("5 x select name from pet")
                .hasMessageContaining("shop.BudgetTest.owners(BudgetTest.java:");
        assertThat(failureOf("loop")).hasMessageContaining("Expected no query in a loop");
        assertThat(failureOf("slow")).hasMessageContaining("Expected a p95 of at most 0ms over 3 runs");
        assertThat(failureOf("misspelt")).hasMessageContaining("must be a duration such as 200ms");
    }
}
