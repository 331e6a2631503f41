package io.perfkit.pagination;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The outer sides of joins, seen and inside of other queries, on all four databases, nothing said of them: no page may end before their nulls. */
class NullabilityIT {

    @Test
    void fetch_byAColumnBehindAnOuterJoin_losesNoRowOnAnyDatabase() throws SQLException {
        FourDatabases.each(dsl -> {
            NullabilityTest.create(dsl);
            NullabilityTest.assertOuterJoinsPaged(dsl);
            NullabilityTest.assertQueriesInFromPaged(dsl);
        });
    }
}
