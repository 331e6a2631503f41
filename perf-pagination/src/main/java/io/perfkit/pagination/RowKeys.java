package io.perfkit.pagination;

import java.util.List;
import org.jooq.Field;
import org.jooq.Fields;
import org.jooq.Name;
import org.jooq.impl.QOM;

/**
 * Where rows that are at hand, in memory, have the columns of a keyset. They may come from a select without known
 * columns, whose fields jOOQ made from what the driver said; so here, where nothing can be appended, a plain column counts
 * too if it is the only one of its name and not known to be of another table.
 */
final class RowKeys {

    private RowKeys() {}

    static int[] indexes(Fields row, List<KeyColumn> columns) {
        Field<?>[] all = row.fields();
        int[] indexes = new int[columns.size()];
        for (int i = 0; i < indexes.length; i++) {
            Field<?> wanted = columns.get(i).field();
            int index = SelectedKeys.indexOf(wanted, all);
            indexes[i] = index < 0 && isPlain(wanted) ? onlyOneOfTheName(wanted, all) : index;
            if (indexes[i] < 0) {
                throw missing(wanted, "does not have it among its columns");
            }
        }
        return indexes;
    }

    private static int onlyOneOfTheName(Field<?> wanted, Field<?>[] all) {
        int index = -1;
        for (int i = 0; i < all.length; i++) {
            if (!all[i].getName().equals(wanted.getName())) {
                continue;
            }
            if (index >= 0) {
                throw missing(wanted, "has several columns of that name, none of which is known to be this one");
            }
            if (!isPlain(all[i]) || isOfAnotherTable(all[i], wanted)) {
                throw missing(wanted, "has another column under that name, " + all[i].toString());
            }
            index = i;
        }
        return index;
    }

    /** Whether the field is a column and nothing but its name, in or without quotes. */
    static boolean isPlain(Field<?> field) {
        return !(field instanceof QOM.FieldAlias) && unquoted(field).equals(unquoted(field.getQualifiedName()));
    }

    private static String unquoted(Object part) {
        return part.toString().replace("\"", "");
    }

    private static boolean isOfAnotherTable(Field<?> field, Field<?> wanted) {
        Name own = field.getQualifiedName().qualifier();
        Name other = wanted.getQualifiedName().qualifier();
        return own != null
                && other != null
                && !own.empty()
                && !other.empty()
                && !String.valueOf(own.last()).equalsIgnoreCase(other.last());
    }

    private static PaginationException missing(Field<?> wanted, String why) {
        return new PaginationException("the keyset column " + wanted + " was looked for in a row, which " + why
                + ": select the column itself, without an alias or under a name of its own");
    }
}
