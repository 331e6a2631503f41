package io.perfkit.pagination;

import static io.perfkit.pagination.OracleMatrix.A;
import static io.perfkit.pagination.OracleMatrix.AN;
import static io.perfkit.pagination.OracleMatrix.B;
import static io.perfkit.pagination.OracleMatrix.BN;
import static io.perfkit.pagination.OracleMatrix.ID;
import static io.perfkit.pagination.OracleMatrix.ORACLE;
import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.SQLDialect;
import org.jooq.SortField;
import org.jooq.impl.DSL;
import org.junit.jupiter.api.Test;

/**
 * For the record: the orderings of the matrix through jOOQ's own {@code seek()}, in pages of three, forwards. The number
 * is the one that the documentation gives; a release of jOOQ that changes it should change the documentation.
 */
class SeekRecordTest {

    private static final int LOSING = 92;

    @Test
    void seek_ofEveryOrdering_losesOrRepeatsRowsInMany() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:h2:mem:")) {
            DSLContext dsl = DSL.using(connection, SQLDialect.H2);
            OracleMatrix.create(dsl);
            int losing = 0;
            for (List<SortField<?>> ordering : OracleMatrix.orderings()) {
                List<Long> expected =
                        dsl.select(ID).from(ORACLE).orderBy(ordering).fetch(ID);
                losing += pages(dsl, ordering).equals(expected) ? 0 : 1;
            }
            assertThat(losing).isEqualTo(LOSING);
        }
    }

    private static List<Long> pages(DSLContext dsl, List<SortField<?>> ordering) {
        List<Long> ids = new ArrayList<>();
        Result<Record> page = dsl.select(List.of(ID, A, B, AN, BN))
                .from(ORACLE)
                .orderBy(ordering)
                .limit(3)
                .fetch();
        for (int pages = 0; pages < 20 && !page.isEmpty(); pages++) {
            ids.addAll(page.getValues(ID));
            Record last = page.get(page.size() - 1);
            Object[] position =
                    ordering.stream().map(sorted -> last.get(sorted.$field())).toArray();
            page = dsl.select(List.of(ID, A, B, AN, BN))
                    .from(ORACLE)
                    .orderBy(ordering)
                    .seek(position)
                    .limit(3)
                    .fetch();
        }
        return ids;
    }
}
