package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Texts that are one query, texts that are two, and values that must not show, by dialect. */
class SqlFingerprintCorpusTest {
    record Pair(String first, String second) {}

    private static Pair pair(String first, String second) {
        return new Pair(first, second);
    }

    static List<Pair> same() {
        return List.of(
                pair("select * from t where id in (?,?)", "select * from t where id in (?,?,?)"),
                pair("select * from t where (a,b) in ((?,?),(?,?))", "select * from t where (a,b) in ((?,?))"),
                pair("insert into t values (?, ?::jsonb)", "insert into t values (?, ?::jsonb), (?, ?::jsonb)"),
                pair("insert into t values (?, now())", "insert into t values (?, now()), (?, now())"),
                pair(
                        "insert into t values (cast(? as uuid), ?)",
                        "insert into t values (cast(? as uuid), ?), (cast(? as uuid), ?)"),
                pair("insert into t values (1, null)", "insert into t values (1, null), (2, null)"),
                pair("insert into t values (1, default)", "insert into t values (1, default), (2, default)"),
                pair("insert into t values (1, null)", "insert into t values (1, 'a')"),
                pair("insert into t values (default, 1)", "insert into t values (default, 1), (default, now())"),
                pair(
                        "select 1 from t where d in (date '2020-01-01')",
                        "select 1 from t where d in (date '2020-01-01', date '2020-01-02')"),
                pair("select 1 from t where d in (?::uuid)", "select 1 from t where d in (?::uuid, ?::uuid)"),
                pair(
                        "select 1 from t where d in (cast(? as date), null, f(1))",
                        "select 1 from t where d in (cast(? as date))"),
                pair("select 1 from t where d = any (array[1, 2])", "select 1 from t where d = any (array[1, 2, 3])"),
                pair("select * from t where a = true", "select * from t where a = false"),
                pair("update t set a = null where id = 1", "update t set a = 'x' where id = 2"),
                pair("SELECT 1 FROM t WHERE a IS NULL", "select 1 from t where a is null"),
                pair("SELECT COUNT(*) FROM t", "select count(*) from t"),
                pair("select 1;", "select 1"),
                pair("select * from t where a=1", "select  *\nfrom t where a = 1"),
                pair("insert into t(a, b) values (1, 2)", "insert into t (a,b) values (3,4)"),
                pair("select 1 /*traceparent='00-a-b-01'*/", "select 1 /*traceparent='00-c-d-01'*/"),
                pair("/* org.example.Repo.find */ select 1", "select 1"),
                pair("select 1 from t -- note", "select 1 from t"),
                pair("select * from t where a = -1", "select * from t where a = 1"),
                pair("select a-1 from t", "select a - 2 from t"),
                pair("select a + -1 from t", "select a + 1 from t"),
                pair("select 1e-5", "select 2"),
                pair("select :1", "select $1"),
                pair("select * from t limit 10 offset 20", "select * from t limit 11 offset 0"),
                pair("select field(id, 1, 2, 3, 4) from t", "select field(id, 1, 2, 3, 4, 5, 6) from t"),
                pair("select 0x1F", "select 15"),
                pair("select * from t where a like 'x%'", "select * from t where a like 'y%'"),
                pair("set search_path = a", "set search_path to b"));
    }

    private static final String WIDE = "a.some_column_name, ".repeat(80);

    static List<Pair> different() {
        return List.of(
                pair("select * from t", "select * from u"),
                pair(
                        "select " + WIDE + "a.id from t a where a.id = 1",
                        "select " + WIDE + "a.id from u a where a.id = 1"),
                pair(
                        "select " + WIDE + "a.id from t a where a.id = 1",
                        "select " + WIDE + "a.id from t a where a.name = 1"),
                pair("select " + WIDE + "a.id from t a", "select " + WIDE + "a.id2 from t a"),
                pair("select * from t where a = 1", "select * from t where a <> 1"),
                pair("select * from t where a < 1", "select * from t where a <= 1"),
                pair("select * from t where a is null", "select * from t where a is not null"),
                pair("select * from t where a in (select id from u)", "select * from t where a in (select id from v)"),
                pair("select * from t where ? in (a, b)", "select * from t where ? in (c, d)"),
                pair("select * from t where a in (1)", "select * from t where a not in (1)"),
                pair("select * from t where a = 1 and b = 2", "select * from t where a = 1 or b = 2"),
                pair("select * from t order by a", "select * from t order by a desc"),
                pair("select a from t", "select b from t"),
                pair("select t.a from t", "select t.b from t"),
                pair("select lower(a) from t", "select upper(a) from t"),
                pair("select substr(a, 1) from t", "select substr(a, 1, 2) from t"),
                pair("select * from t limit 1", "select * from t limit 1, 2"),
                pair("insert into t (a) values (1)", "insert into t (b) values (1)"),
                pair("insert into t values (a)", "insert into t values (b)"),
                pair("update t set a = 1", "update t set b = 1"),
                pair("delete from t where a = 1", "delete from t"),
                pair("select /*+ IndexScan(t) */ * from t", "select /*+ SeqScan(t) */ * from t"),
                pair("select a -> 'x' from t", "select a ->> 'x' from t"),
                pair("select * from t where j ?? 'a'", "select * from t where j = 'a'"),
                pair("select * from t where j ??| array['a']", "select * from t where j ??& array['a']"),
                pair("select a::text from t", "select a::int from t"),
                pair("select * from t where a = 5--1 and b = 2\n", "select * from t where a = 5--1 and c = 3\n"),
                pair("select * from t where p = 'C:\\' and a = 1", "select * from t where p = 'D:\\' order by zz"),
                pair("select * from t join u on t.a = u.a", "select * from t left join u on t.a = u.a"),
                pair("select * from t for update", "select * from t for share"),
                pair("select \"a\".\"b\" from \"t\"", "select \"a\".\"b\" from \"u\""),
                pair("call p(1)", "call q(1)"));
    }

    private static SqlText.Identity identity(String sql) {
        return SqlFingerprint.of(TraceComments.without(sql), SqlDialect.UNKNOWN).identity();
    }

    @ParameterizedTest
    @MethodSource("same")
    void identity_ofTextsThatDifferInValues_isTheSame(Pair pair) {
        assertThat(identity(pair.first)).isEqualTo(identity(pair.second));
        assertThat(SqlFingerprint.of(TraceComments.without(pair.first)))
                .isEqualTo(SqlFingerprint.of(TraceComments.without(pair.second)));
    }

    @ParameterizedTest
    @MethodSource("different")
    void identityAndDisplay_ofTextsThatDifferInMore_differ(Pair pair) {
        assertThat(identity(pair.first)).isNotEqualTo(identity(pair.second));
        assertThat(SqlFingerprint.of(pair.first)).isNotEqualTo(SqlFingerprint.of(pair.second));
    }

    /** What is a value in every dialect. */
    private static final List<String> SECRETS = List.of(
            "select 'secret'",
            "select 'it''s secret'",
            "select N'secret', X'secret', B'secret'",
            "select _utf8'secret'",
            "select * from t where a in ('secret', 'secret')",
            "select * from t where a = ('secret')",
            "insert into t values (1, 'secret'), (2, 'secret')",
            "update t set a = 'secret' where b like '%secret%'",
            "select 1 -- secret",
            "select 1 -- secret\n from t",
            "select /* secret */ 1",
            "/* secret */ select 1",
            "select 1 /* secret",
            "select 'secret",
            "select * from t where d = {d 'secret'}",
            "select coalesce(a, 'secret') from t",
            "select case when a = 'secret' then 'secret' else 'secret' end from t",
            "select a || 'secret' || b from t",
            "alter user joe password 'secret'",
            "select * from t where a between 'secret' and 'secret'",
            "call p('secret', 1)",
            "select * from f('secret') x",
            "select 'a' 'secret'",
            "select ''||'secret'",
            "select '' , 'secret'",
            "select '''secret'",
            "select 'x''' , 'secret'",
            "select interval 'secret'",
            "select * from t where a='secret'and b='secret'",
            "select cast('secret' as date)",
            "select '/* ' , 'secret' /* */",
            "select '--' , 'secret'",
            "select \"a'b\".c, 'secret' from t",
            "select 1 as x, 'secret' as y",
            "set application_name = 'secret'",
            "set role = secret",
            "select * from t where a = 'secret' limit 10",
            "select * from t where a = 'secret\nWARN forged'",
            "comment on table t is 'secret'",
            "select * from t where a = '\tsecret'");

    @ParameterizedTest
    @EnumSource(SqlDialect.class)
    void display_ofValues_showsNone(SqlDialect dialect) {
        for (String sql : secrets(dialect)) {
            assertThat(SqlFingerprint.of(sql, dialect).display()).as(sql).doesNotContain("secret");
        }
    }

    static List<String> secrets(SqlDialect dialect) {
        List<String> own = switch (dialect) {
            case POSTGRESQL ->
                List.of(
                        "select E'it\\'s secret'",
                        "select $$secret$$",
                        "select $a$ $b$ secret $b$ $a$",
                        "select /* a /* b */ secret */ 1",
                        "select U&'secret' uescape '!'",
                        "select $é$secret$é$",
                        "select 'C:\\' , 'secret'");
            case MYSQL ->
                List.of(
                        "select \"secret\"",
                        "select \"it\\\"s secret\"",
                        "select 'it\\'s secret'",
                        "select 1 # secret",
                        "select \"it\"\"s secret\"",
                        "create user joe identified by \"secret\"",
                        "select `a'b`, 'secret'");
            case MYSQL_ANSI_QUOTES -> List.of("select 'it\\'s secret'", "select 1 # secret\n, 2");
            case SQLITE -> List.of("select \"secret\"", "select [it's], 'secret'");
            case ORACLE ->
                List.of(
                        "select q'[it's secret]' from dual",
                        "select nq'{it's secret}' from dual",
                        "select Q'!it's secret!' from dual",
                        "select 'C:\\', 'secret' from dual");
            case SQL_SERVER ->
                List.of("select [it's], 'secret'", "select [a]]'b], 'secret'", "select /* /* */ secret */ 1");
            case H2 -> List.of("select $$secret$$");
            case UNKNOWN ->
                List.of(
                        "select E'it\\'s secret'",
                        "select $$secret$$",
                        "select /* a /* b */ secret */ 1",
                        "select \"secret\"",
                        "select 'it\\'s secret'",
                        "select 1 # secret",
                        "select q'[it's secret]' from dual",
                        "select [it's], 'secret'",
                        "select * from t where p = 'C:\\' and q = 'secret'",
                        "select 'a\\' or 'secret' or '\\'",
                        "select /*! secret */ 1",
                        "set my.secret = on",
                        "select \"x\n2026 ERROR secret\"");
        };
        List<String> all = new ArrayList<>(SECRETS);
        all.addAll(own);
        return all;
    }

    @Test
    void display_ofQuotedNames_isKeptWhereTheDialectSaysSo() {
        String sql = "select \"Name\" from \"Customer\"";
        assertThat(SqlFingerprint.of(sql, SqlDialect.POSTGRESQL).display()).isEqualTo(sql);
        assertThat(SqlFingerprint.of("select [a b] from [t]", SqlDialect.SQL_SERVER)
                        .display())
                .isEqualTo("select [a b] from [t]");
        assertThat(SqlFingerprint.of("select \"a\nb\" from t", SqlDialect.POSTGRESQL)
                        .display())
                .isEqualTo("select \"a?b\" from t");
    }

    @Test
    void display_ofAWideEntity_keepsTableAndCondition() {
        assertThat(SqlFingerprint.of("select " + WIDE + "a.id from customer a where a.id=?"))
                .startsWith("select a.some_column_name, ")
                .contains(", … from customer a where a.id = ? #")
                .hasSizeLessThan(150);
    }

    @Test
    void query_withATraceCommentEachTime_isLookedUpOnce() {
        QueryRecorder recorder = PerformanceMonitor.builder(
                        new io.micrometer.core.instrument.simple.SimpleMeterRegistry())
                .build()
                .queryRecorder();
        for (int i = 0; i < 100; i++) {
            recorder.query("select 1 from t /*traceparent='00-" + i + "'*/");
            recorder.query("/* action " + i + " */ select 1 from t;");
        }
        assertThat(recorder.cachedTexts()).isEqualTo(1);
    }
}
