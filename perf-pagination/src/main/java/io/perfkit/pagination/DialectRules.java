package io.perfkit.pagination;

import org.jooq.SQLDialect;

/**
 * What differs between databases, as far as keyset pagination is concerned.
 *
 * @param nullsLargest where null sorts without a NULLS clause: after every value, or before every value
 * @param defaultFixed whether every installation of the database does so; if not, the clause is always rendered
 * @param nullsClause whether the database has NULLS FIRST and NULLS LAST; if not, jOOQ emulates them by an expression
 *     that no index serves, so the clause is left out wherever it says what is the default anyway
 * @param unionOfRanges whether a page behind a cursor is best read as index ranges of row values, united where one is
 *     not enough; see {@link SeekPredicate}
 * @param fractionDigits how many digits of a second jOOQ may cast a bound time to, whatever its column was declared with;
 *     0 where it casts none
 * @param rawKey which keys a cursor carries as the database has them
 */
record DialectRules(
        boolean nullsLargest,
        boolean defaultFixed,
        boolean nullsClause,
        boolean unionOfRanges,
        int fractionDigits,
        RawKey rawKey) {

    static DialectRules of(SQLDialect dialect) {
        return switch (dialect.family()) {
            case POSTGRES -> new DialectRules(true, true, true, true, 6, RawKey.POSTGRES);
            // Has row values, but reads the whole index for them (MySQL manual, "Row Constructor Expression
            // Optimization"); the expanded form is the one that its range optimizer takes apart.
            case MYSQL, MARIADB -> new DialectRules(false, true, false, false, 0, RawKey.MYSQL);
            case SQLITE -> new DialectRules(false, true, true, true, 0, RawKey.SQLITE);
            // Where its nulls go is a setting of the connection URL.
            case H2 -> new DialectRules(false, false, true, false, 9, RawKey.H2);
            default -> new DialectRules(false, false, true, false, 0, RawKey.NONE);
        };
    }
}
