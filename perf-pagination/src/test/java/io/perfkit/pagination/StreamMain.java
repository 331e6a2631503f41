package io.perfkit.pagination;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/** Reads all rows of a table and prints how many they are; {@link StreamIT} starts it in a small JVM. */
final class StreamMain {

    private static final Field<Long> ID = field(name("id"), SQLDataType.BIGINT.notNull());
    private static final Field<String> TEXT = field(name("text"), SQLDataType.VARCHAR.notNull());

    private StreamMain() {}

    public static void main(String[] args) throws SQLException {
        try (Connection connection = DriverManager.getConnection(args[0])) {
            DSLContext dsl = DSL.using(connection, SQLDialect.POSTGRES);
            Select<Record> select = dsl.select(List.of(ID, TEXT)).from(table(name("wide")));
            CursorPaginator<Record> paginator = CursorPaginator.over(
                            dsl, Keyset.by(ID.desc()).uniqueBy(ID))
                    .cursors(Cursors.codec())
                    .build();
            long[] sum = new long[2];
            try (Stream<Record> rows =
                    "stream".equals(args[1]) ? paginator.stream(select, 1_000) : dsl.fetch(select).stream()) {
                rows.forEach(row -> {
                    sum[0]++;
                    sum[1] += row.get(ID);
                });
            }
            System.out.println("rows " + sum[0] + " sum " + sum[1]);
        }
    }
}
