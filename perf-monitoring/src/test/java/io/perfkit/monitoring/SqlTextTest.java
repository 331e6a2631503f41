package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What kind of statement a text is, which decides what a loop of them is called and how to repair it. */
class SqlTextTest {
    private static SqlText.Shape shape(String sql) {
        return SqlFingerprint.of(sql, SqlDialect.POSTGRESQL).shape();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update job set state = 'running' where id = 1",
                "select id from final table (insert into t values (1))",
                "select id from final table (update t set a = 1 where id = 2)",
                "select id from old table ( delete from t where id = 2 )",
                "with x as (insert into t values (1) returning id) select id from x",
                "with x as (update t set a = 1 where id = 3 returning id) select id from x",
                "with x as (delete from t where id = 3 returning *) select * from x",
                "WITH due AS (SELECT id FROM job FOR UPDATE SKIP LOCKED LIMIT 1)\n UPDATE job SET state = 'x' FROM due"
                        + " WHERE job.id = due.id RETURNING job.id",
                "with due as (select 1 as id) delete from job using due where job.id = due.id",
                "with x (a) as (select 1) insert into t select a from x",
                "with x (a) as (select 1) merge into t using x on t.a = x.a when matched then delete"
            })
    void writes_whateverIsAroundThem_areWrites(String sql) {
        assertThat(shape(sql)).isEqualTo(SqlText.Shape.WRITE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "select id from job where id = 1 for update",
                "with x as (select 1 as id) select j.id from job j join x on (x.id = j.id) for update of j",
                "select a from t where note = '(update t set a = 1'",
                "select update_count from (select max(deleted) as update_count from t where id = 1) u"
            })
    void reads_thatOnlySpeakOfWrites_areNone(String sql) {
        assertThat(shape(sql)).isEqualTo(SqlText.Shape.SELECT);
    }
}
