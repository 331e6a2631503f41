package io.perfkit.pagination;

import java.time.LocalDateTime;
import java.util.List;
import org.jooq.ForeignKey;
import org.jooq.Name;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.TableOptions;
import org.jooq.UniqueKey;
import org.jooq.impl.DSL;
import org.jooq.impl.Internal;
import org.jooq.impl.SQLDataType;
import org.jooq.impl.TableImpl;

/** A table with metadata, of the shape that jOOQ's code generator produces. */
public final class Tx extends TableImpl<TxRecord> {

    private static final long serialVersionUID = 1L;

    /** The table without an alias. */
    public static final Tx TX = new Tx(DSL.name("tx"), null);

    public final transient TableField<TxRecord, Long> ID =
            createField(DSL.name("id"), SQLDataType.BIGINT.notNull(), this);
    public final transient TableField<TxRecord, LocalDateTime> CREATED_AT =
            createField(DSL.name("created_at"), SQLDataType.LOCALDATETIME(6).notNull(), this);
    public final transient TableField<TxRecord, String> STATUS =
            createField(DSL.name("status"), SQLDataType.VARCHAR(20), this);
    public final transient TableField<TxRecord, String> REFERENCE =
            createField(DSL.name("reference"), SQLDataType.VARCHAR(2000).notNull(), this);
    public final transient TableField<TxRecord, String> EXTERNAL_ID =
            createField(DSL.name("external_id"), SQLDataType.VARCHAR(40), this);

    private Tx(Name name, Table<TxRecord> aliased) {
        super(name, null, aliased, null, DSL.comment(""), TableOptions.table(), null);
    }

    @Override
    public Tx as(String alias) {
        return new Tx(DSL.name(alias), this);
    }

    @Override
    public UniqueKey<TxRecord> getPrimaryKey() {
        return Internal.createUniqueKey(TX, DSL.name("pk_tx"), TX.ID);
    }

    @Override
    public List<UniqueKey<TxRecord>> getUniqueKeys() {
        return List.of(
                Internal.createUniqueKey(TX, DSL.name("uk_tx_reference"), TX.REFERENCE),
                Internal.createUniqueKey(TX, DSL.name("uk_tx_external_id"), TX.EXTERNAL_ID));
    }

    @Override
    public List<ForeignKey<TxRecord, ?>> getReferences() {
        return List.of();
    }

    @Override
    public Class<? extends TxRecord> getRecordType() {
        return TxRecord.class;
    }
}
