package io.perfkit.examples.dashboard.shop;

import java.io.Serial;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import org.jooq.Name;
import org.jooq.Record;
import org.jooq.TableField;
import org.jooq.UniqueKey;
import org.jooq.impl.DSL;
import org.jooq.impl.Internal;
import org.jooq.impl.SQLDataType;
import org.jooq.impl.TableImpl;

/** The tables as jOOQ's code generator would describe them; written out here to keep the example's build simple. */
public final class Tables {

    public static final Users USERS = new Users();
    public static final Products PRODUCTS = new Products();
    public static final Transactions TRANSACTIONS = new Transactions();
    public static final Projects PROJECTS = new Projects();
    public static final Features FEATURES = new Features();
    public static final Backlogs BACKLOGS = new Backlogs();

    private Tables() {}

    /** What every table here has: a key called {@code id}. */
    public abstract static class Keyed extends TableImpl<Record> {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, Long> ID =
                createField(DSL.name("id"), SQLDataType.BIGINT.nullable(false), this, "");

        Keyed(Name name) {
            super(name);
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"})
        public UniqueKey<Record> getPrimaryKey() {
            return Internal.createUniqueKey(this, DSL.name(getName() + "_pkey"), new TableField[] {ID}, true);
        }
    }

    public static final class Users extends Keyed {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, String> NAME =
                createField(DSL.name("name"), SQLDataType.VARCHAR.nullable(false), this, "");
        public final TableField<Record, String> COUNTRY =
                createField(DSL.name("country"), SQLDataType.VARCHAR.nullable(false), this, "");

        private Users() {
            super(DSL.name("users"));
        }
    }

    public static final class Products extends Keyed {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, String> NAME =
                createField(DSL.name("name"), SQLDataType.VARCHAR.nullable(false), this, "");
        public final TableField<Record, String> CATEGORY =
                createField(DSL.name("category"), SQLDataType.VARCHAR.nullable(false), this, "");
        public final TableField<Record, BigDecimal> PRICE =
                createField(DSL.name("price"), SQLDataType.NUMERIC(10, 2).nullable(false), this, "");

        private Products() {
            super(DSL.name("products"));
        }
    }

    public static final class Transactions extends Keyed {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, Long> USER_ID =
                createField(DSL.name("user_id"), SQLDataType.BIGINT.nullable(false), this, "");
        public final TableField<Record, Long> PRODUCT_ID =
                createField(DSL.name("product_id"), SQLDataType.BIGINT.nullable(false), this, "");
        public final TableField<Record, BigDecimal> AMOUNT =
                createField(DSL.name("amount"), SQLDataType.NUMERIC(12, 2).nullable(false), this, "");
        public final TableField<Record, String> STATUS =
                createField(DSL.name("status"), SQLDataType.VARCHAR.nullable(false), this, "");
        public final TableField<Record, LocalDateTime> CREATED_AT =
                createField(DSL.name("created_at"), SQLDataType.LOCALDATETIME(6).nullable(false), this, "");

        private Transactions() {
            super(DSL.name("transactions"));
        }
    }

    public static final class Projects extends Keyed {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, String> NAME =
                createField(DSL.name("name"), SQLDataType.VARCHAR.nullable(false), this, "");

        private Projects() {
            super(DSL.name("projects"));
        }
    }

    public static final class Features extends Keyed {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, Long> PROJECT_ID =
                createField(DSL.name("project_id"), SQLDataType.BIGINT.nullable(false), this, "");
        public final TableField<Record, String> NAME =
                createField(DSL.name("name"), SQLDataType.VARCHAR.nullable(false), this, "");

        private Features() {
            super(DSL.name("features"));
        }
    }

    public static final class Backlogs extends Keyed {

        @Serial
        private static final long serialVersionUID = 1L;

        public final TableField<Record, Long> FEATURE_ID =
                createField(DSL.name("feature_id"), SQLDataType.BIGINT.nullable(false), this, "");
        public final TableField<Record, String> TITLE =
                createField(DSL.name("title"), SQLDataType.VARCHAR.nullable(false), this, "");
        public final TableField<Record, Integer> POINTS =
                createField(DSL.name("points"), SQLDataType.INTEGER.nullable(false), this, "");

        private Backlogs() {
            super(DSL.name("backlogs"));
        }
    }
}
