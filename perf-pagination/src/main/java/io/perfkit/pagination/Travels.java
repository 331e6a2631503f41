package io.perfkit.pagination;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.Select;

/**
 * Both directions of an order. Where the outer join of a select leaves columns empty that are NOT NULL in their tables,
 * the same order with these nullable; there are few such sets of columns, and each is worked out once. Thread-safe.
 */
final class Travels {

    /** Beyond that many, of which none was ever seen, each select works out its own. */
    private static final int REMEMBERED = 64;

    private final List<KeyColumn> columns;
    private final DialectRules rules;
    private final Travel forwards;
    private final Travel backwards;
    private final DriverTypes driverTypes;
    private final Map<BitSet, Travels> variants = new ConcurrentHashMap<>();

    Travels(List<KeyColumn> columns, DialectRules rules) {
        this.columns = columns;
        this.rules = rules;
        this.driverTypes = new DriverTypes(columns, rules);
        this.forwards = new Travel(columns, rules);
        this.backwards = new Travel(columns.stream().map(KeyColumn::reversed).toList(), rules);
    }

    Travel forwards() {
        return forwards;
    }

    Travel backwards() {
        return backwards;
    }

    Travel towards(boolean forward) {
        return forward ? forwards : backwards;
    }

    /** The rows of a page, after what the driver says of its columns. */
    <R extends Record> Result<R> fetch(DSLContext dsl, Select<R> page, int[] positions) {
        return driverTypes.fetch(dsl, page, positions);
    }

    Travels of(Select<?> select) {
        BitSet nullable = Nullability.behindOuterJoins(select, columns);
        if (nullable.isEmpty()) {
            return this;
        }
        Travels known = variants.get(nullable);
        if (known == null) {
            known = with(nullable);
            if (variants.size() < REMEMBERED) {
                variants.put(nullable, known);
            }
        }
        return known;
    }

    private Travels with(BitSet nullable) {
        List<KeyColumn> changed = new ArrayList<>(columns);
        nullable.stream().forEach(i -> changed.set(i, columns.get(i).madeNullable()));
        return new Travels(List.copyOf(changed), rules);
    }
}
