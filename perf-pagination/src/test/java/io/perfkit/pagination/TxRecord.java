package io.perfkit.pagination;

import org.jooq.impl.TableRecordImpl;

/** A row of {@link Tx}. */
public final class TxRecord extends TableRecordImpl<TxRecord> {

    private static final long serialVersionUID = 1L;

    public TxRecord() {
        super(Tx.TX);
    }

    public Long id() {
        return get(Tx.TX.ID);
    }
}
