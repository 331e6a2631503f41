package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken off a text before it is looked up, and what must stay. */
class TraceCommentsTest {
    private static final String SQL = "select 1 from t where a = '/*'";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "select 1 /*traceparent='00-a-01'*/ | select 1",
                "select 1; /* a */ | select 1",
                "select 1 /* a */; | select 1",
                "select 1 /* a */ /* b */ | select 1",
                "select 1 /* a */ /*+ hint */ /* b */ | select 1 /* a */ /*+ hint */",
                "/* a */ select 1 | select 1",
                "/* a */ /* b */ select 1; | select 1",
                "/* a */ select 1 /* b */ | select 1",
                "/*dddbs='x',ddh='y'*/ select 1 /*action='z'*/ | select 1",
            })
    void comments_atTheEnds_areTakenOff(String sql, String expected) {
        assertThat(TraceComments.without(sql)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "/",
                "/*",
                "/**/",
                "*/",
                "/*/",
                "select 1",
                "select 1;",
                "select 1 /*+ hint */",
                "/*+ hint */ select 1",
                "/*! straight_join */ select 1",
                "select 1 /* open",
                "/* nothing else */",
                "/* a /* nested */ b */ select 1",
            })
    void everythingElse_stays(String sql) {
        assertThat(TraceComments.without(sql)).isSameAs(sql);
    }

    /** What begins in a literal and ends in a comment of a line is no comment: two queries must not become one. */
    @Test
    void commentThatBeginsWithinQuotes_isNone() {
        for (String quoted : new String[] {"'/*'", "\"/*\"", "'it''s /*'", "'/* '', /*'"}) {
            String of = "select " + quoted + " from t -- */";
            assertThat(TraceComments.without(of)).isSameAs(of);
        }
        QueryRecorder recorder = recorder();
        assertThat(recorder.query("select '/*' from t -- */").fingerprint())
                .isNotEqualTo(recorder.query("select '/*' from u -- */").fingerprint());
    }

    @Test
    void commentBehindALiteralThatHoldsOne_isTakenOffAlone() {
        assertThat(TraceComments.without(SQL + " /* it is */")).isEqualTo(SQL);
    }

    /** The case above, by the thousand: long texts built anew, with comments of any length, are one text. */
    @Test
    void longTexts_builtAnewWithCommentsThatDiffer_areOneQuery() {
        QueryRecorder recorder = recorder();
        String sql = "select " + "some_column, ".repeat(100) + "id from t where b = ?";
        Query first = recorder.query(sql);
        for (int i = 0; i < 1_000; i++) {
            assertThat(recorder.query(new StringBuilder(sql)
                            .append(" /*trace='")
                            .append("x".repeat(i))
                            .append("'*/")
                            .toString()))
                    .isSameAs(first);
        }
        assertThat(recorder.cachedTexts()).isEqualTo(1);
    }

    /** Of the same length and with the same characters where they are sampled. */
    @Test
    void longTexts_thatDifferInOneCharacter_areNotTakenForEachOther() {
        QueryRecorder recorder = recorder();
        String sql = "select a from t where " + "x = ? and ".repeat(60);
        for (int i = sql.indexOf("where") + 6; i < sql.length(); i++) {
            if (sql.charAt(i) == 'x') {
                String other = sql.substring(0, i) + 'y' + sql.substring(i + 1);
                assertThat(recorder.query(sql)).isNotSameAs(recorder.query(other));
                assertThat(recorder.query(other)).isSameAs(recorder.query(other));
            }
        }
    }

    private static QueryRecorder recorder() {
        return PerformanceMonitor.builder(new SimpleMeterRegistry()).build().queryRecorder();
    }
}
