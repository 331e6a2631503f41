package io.perfkit.pagination;

import org.jooq.Configuration;
import org.jooq.DSLContext;
import org.jooq.Select;
import org.jooq.impl.NoConnectionProvider;

/** Which connection a page is read by. */
final class Execution {

    private Execution() {}

    /**
     * The configuration of the select, where it has a connection: a select made in a transaction has to see that
     * transaction, and one that runs elsewhere would wait for its locks. Else {@code own}, the paginator's.
     */
    static DSLContext of(Select<?> select, DSLContext own) {
        Configuration attached = select.configuration();
        if (attached == null
                || attached == own.configuration()
                || attached.connectionProvider() instanceof NoConnectionProvider) {
            return own;
        }
        if (attached.family() != own.family()) {
            throw new PaginationException("the paginator was made for " + own.family() + ", but the select is attached "
                    + "to a connection of " + attached.family() + ": make one paginator for each kind of database");
        }
        return attached.dsl();
    }
}
