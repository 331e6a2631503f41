package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlFingerprintTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "select 1 | select ?",
                "select * from t where a = 'it''s' and b = 12.5e-3 | select * from t where a = ? and b = ?",
                "select  *\\n from\\tt | select * from t",
                "select * from t where id in (1, 2,3) | select * from t where id in (?)",
                "select * from t where id in (?, ?, ?, ?) | select * from t where id in (?)",
                "select * from t where id in (-1, -2, +3) | select * from t where id in (?)",
                "insert into t (a, b) values (1, 'x'), (2, 'y') | insert into t (a, b) values (?)",
                "insert into t values (?,?),(?,?),(?,?) | insert into t values (?)",
                "select a -- secret\\n from t /* 4711 */ where b=1 | select a from t where b = ?",
                "select \"a1\".\"c\", `b 2` from \"t2\" | select \"a1\".\"c\", `b 2` from \"t2\"",
                "select $1, a - 1, b = -1 from t | select ?, a - ?, b = ? from t",
                "select $tag$ secret ' $tag$, $$ x $$ from t | select ?, ? from t",
                "select N'secret', E'secret', X'FF' from t | select ?, ?, ? from t",
                "select a::int, 0xFF from t limit 10 offset 20 | select a::int, ? from t limit ? offset ?",
                "call p(1, 'a') | call p(?, ?)",
                "select a.b, c1.d2 from s.t | select a.b, c1.d2 from s.t",
            })
    void of_sql_foldsValues(String sql, String fingerprint) {
        assertThat(SqlFingerprint.of(sql.replace("\\n", "\n").replace("\\t", "\t")))
                .isEqualTo(fingerprint);
    }

    @Test
    void of_backslashBeforeQuote_leaksNothingInEitherDialect() {
        assertThat(SqlFingerprint.of("select * from t where a = 'it\\'s secret' and b = 'more'"))
                .isEqualTo("select * from t where a = ? and b = ?");
    }

    @Test
    void of_unterminatedTexts_endsWithoutLeak() {
        assertThat(SqlFingerprint.of("select 'secret")).isEqualTo("select ?");
        assertThat(SqlFingerprint.of("select /* secret")).isEqualTo("select");
        assertThat(SqlFingerprint.of("select $a$ secret")).isEqualTo("select ?");
        assertThat(SqlFingerprint.of("")).isEmpty();
    }

    @Test
    void of_hugeText_isCut() {
        assertThat(SqlFingerprint.of("select " + "abc, ".repeat(100_000))).hasSizeLessThanOrEqualTo(2_000);
        assertThat(SqlFingerprint.of("select * from t where id in (" + "1,".repeat(1_000_000) + "1)"))
                .startsWith("select * from t where id in (?");
    }
}
