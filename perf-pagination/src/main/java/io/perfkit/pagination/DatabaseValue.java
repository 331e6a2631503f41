package io.perfkit.pagination;

import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Types;
import java.util.Objects;
import org.jooq.Binding;
import org.jooq.BindingGetResultSetContext;
import org.jooq.BindingGetSQLInputContext;
import org.jooq.BindingGetStatementContext;
import org.jooq.BindingRegisterContext;
import org.jooq.BindingSQLContext;
import org.jooq.BindingSetSQLOutputContext;
import org.jooq.BindingSetStatementContext;
import org.jooq.Converter;
import org.jooq.DataType;
import org.jooq.SQLDialect;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;
import org.jooq.impl.SQLDataType;

/**
 * Values as the database has them, for types whose order in SQL is not that of the values that jOOQ makes of them.
 *
 * <p>PostgreSQL compares as the type of a parameter says: a text beside a {@code citext} makes it case-sensitive. Bound
 * without a type, the text becomes what the column is.
 */
final class DatabaseValue implements Binding<Object, Object> {

    private static final long serialVersionUID = 1L;

    static final DataType<Object> TYPE = SQLDataType.OTHER.asConvertedDataType(new DatabaseValue());

    @Override
    public Converter<Object, Object> converter() {
        return Converter.of(Object.class, Object.class, value -> value, value -> value);
    }

    @Override
    public void sql(BindingSQLContext<Object> context) {
        if (context.render().paramType() == ParamType.INLINED) {
            context.render().visit(DSL.inline(context.value()));
        } else {
            context.render().sql(context.variable());
        }
    }

    @Override
    public void set(BindingSetStatementContext<Object> context) throws SQLException {
        Object value = Objects.requireNonNull(context.value(), "a null is no bound of a page");
        if (context.family() == SQLDialect.POSTGRES) {
            context.statement().setObject(context.index(), value, Types.OTHER);
        } else {
            context.statement().setObject(context.index(), value);
        }
    }

    @Override
    public void get(BindingGetResultSetContext<Object> context) throws SQLException {
        // The text of PostgreSQL has every digit, and is what it reads; its objects are those of the declared type.
        context.value(
                context.family() == SQLDialect.POSTGRES
                        ? context.resultSet().getString(context.index())
                        : context.resultSet().getObject(context.index()));
    }

    @Override
    public void register(BindingRegisterContext<Object> context) throws SQLException {
        throw new SQLFeatureNotSupportedException("only for columns and parameters of queries");
    }

    @Override
    public void get(BindingGetStatementContext<Object> context) throws SQLException {
        throw new SQLFeatureNotSupportedException("only for columns and parameters of queries");
    }

    @Override
    public void get(BindingGetSQLInputContext<Object> context) throws SQLException {
        throw new SQLFeatureNotSupportedException("only for columns and parameters of queries");
    }

    @Override
    public void set(BindingSetSQLOutputContext<Object> context) throws SQLException {
        throw new SQLFeatureNotSupportedException("only for columns and parameters of queries");
    }
}
