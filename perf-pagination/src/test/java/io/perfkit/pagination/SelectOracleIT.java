package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The oracle over selects of every kind, on all four databases. */
class SelectOracleIT {

    /** Each as generated code has it and by name. */
    private static final int LEAST_FROMS = 2 * 22;

    private static final int REFUSALS = 13 + 3 + 1;

    @Test
    void everyKindOfSelect_onEveryDatabase_equalsUnpaged() throws SQLException {
        run(1, 1);
    }

    @Test
    @Tag("full")
    void manySelectsOfEveryKind_onEveryDatabase_equalUnpaged() throws SQLException {
        run(100, 60);
    }

    private static void run(long firstSeed, int seeds) throws SQLException {
        List<Tally> tallies = new ArrayList<>();
        FourDatabases.each(dsl -> tallies.add(SelectOracle.run(dsl, firstSeed, seeds)));
        assertThat(tallies).allSatisfy(tally -> {
            tally.verify();
            assertThat(tally.cases()).isGreaterThanOrEqualTo(LEAST_FROMS * 5 * seeds);
            assertThat(tally.refusals()).isEqualTo(2 * REFUSALS);
        });
    }
}
