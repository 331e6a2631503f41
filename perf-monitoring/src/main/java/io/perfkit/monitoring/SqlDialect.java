package io.perfkit.monitoring;

/**
 * What decides where a literal begins and ends in a text of SQL. {@code MonitoredDataSource} finds it out from the class
 * of the driver's connection; where it does not know, {@link #UNKNOWN} folds more rather than less.
 */
public enum SqlDialect {
    /** Not known: what is a value in any of the others is folded. */
    UNKNOWN,
    /** PostgreSQL and what speaks its language. */
    POSTGRESQL,
    /** MySQL and MariaDB as they come: double quotes enclose strings. */
    MYSQL,
    /** MySQL and MariaDB with {@code ANSI_QUOTES}: double quotes enclose names. */
    MYSQL_ANSI_QUOTES,
    /** SQLite, which takes a double-quoted name that it does not know for a string. */
    SQLITE,
    /** Oracle. */
    ORACLE,
    /** SQL Server: brackets enclose names. */
    SQL_SERVER,
    /** H2 in its regular mode. */
    H2;

    boolean isMySql() {
        return this == MYSQL || this == MYSQL_ANSI_QUOTES;
    }

    /** Whether double quotes enclose names, and nothing else. */
    boolean quotesNames() {
        return this != UNKNOWN && this != MYSQL && this != SQLITE;
    }

    boolean nestsComments() {
        return this == UNKNOWN || this == POSTGRESQL || this == SQL_SERVER || this == H2;
    }

    boolean hashComments() {
        return this == UNKNOWN || isMySql();
    }

    boolean dollarQuotes() {
        return this == UNKNOWN || this == POSTGRESQL || this == H2;
    }

    boolean bracketNames() {
        return this == SQL_SERVER || this == SQLITE || this == UNKNOWN;
    }
}
