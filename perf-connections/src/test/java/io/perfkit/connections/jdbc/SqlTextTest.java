package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "select 1",
                "update settings set local = 1 where begin_at < ?",
                "insert into t values ('; set search_path to x')",
                "select \"; set a = 1\"",
                "select $$ ; set x = 1 $$, $1",
                "-- set a = 1\nselect 1",
                "/* set a = 1 */ delete from t",
                "select pg_advisory_xact_lock(1)",
                "commit and no chain",
                "create table if not exists temp_things (temporary int)",
                "select 'unclosed",
                "select a::text, b from t where x = ?"
            })
    void of_textThatLeavesNothing_isPlain(String sql) {
        assertThat(SqlText.of(sql).isPlain()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "BEGIN",
                " begin transaction",
                "start transaction read only",
                "(select 1); BEGIN",
                "commit and chain"
            })
    void of_textThatBegins_isATransaction(String sql) {
        assertThat(SqlText.of(sql).transaction()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SET search_path TO a",
                "set @a = 1",
                "SET @@session.sql_mode = ''",
                "select @a := 1",
                "SET\tautocommit=0",
                "set session characteristics as transaction read only",
                "select set_config('a', 'b', false)",
                "SELECT PG_ADVISORY_LOCK(1)",
                "select 1 from t where pg_try_advisory_lock_shared(id)",
                "create or replace temporary table t (id int)",
                "create local temp table t (id int)",
                "select * into temp t from u",
                "declare c cursor with hold for select 1",
                "/*! set sql_mode = '' */",
                "lock tables t write",
                "use other",
                "listen x",
                "do $$ begin end $$"
            })
    void of_textThatChangesTheSession_saysSo(String sql) {
        assertThat(SqlText.of(sql).session()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"set local lock_timeout = 1", "SET TRANSACTION READ ONLY", "set constraints all deferred"})
    void of_textThatChangesTheTransaction_isLocal(String sql) {
        assertThat(SqlText.of(sql).local()).isTrue();
        assertThat(SqlText.of(sql).session()).isFalse();
    }
}
