package io.perfkit.monitoring;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Folds SQL to the form that texts differing only in their values share.
 *
 * <p>One pass over the characters, no grammar: it must work for every database and on text that none of them accepts.
 * Literals and numbered placeholders become {@code ?}. A list after {@code in}, a row of {@code values} and an array
 * become {@code (?)} where they hold nothing but values, casts and functions of them, and equal rows become one; a list
 * that names a column stays. Comments go; those that a server obeys (hints, {@code /*!…*}{@code /}) count for the
 * identity and do not show. White space and the case of keywords are made uniform.
 *
 * <p>The identity is a hash of the whole folded text. What is shown of it elides long select lists, so that table and
 * condition are seen, and is cut at {@value #LONGEST} characters; a tag of the hash then tells texts apart that look the
 * same. Linear in the length of the text.
 */
final class SqlFingerprint {
    static final int LONGEST = 2_000;
    private static final int DEEPEST = 64;

    private enum Last {
        START,
        WORD,
        KEYWORD,
        VALUE,
        OPERATOR,
        OPEN,
        CLOSE,
        COMMA,
        TIGHT
    }

    private enum Kind {
        OTHER,
        IN,
        ROW,
        ARRAY,
        INSIDE;

        boolean folds() {
            return this != OTHER;
        }
    }

    private final SqlScanner in;
    private final StringBuilder out;
    private final StringBuilder hidden = new StringBuilder();
    private final List<int[]> selectLists = new ArrayList<>(2);
    private final Kind[] kinds = new Kind[DEEPEST];
    private final int[] opened = new int[DEEPEST];
    private final int[] lists = new int[DEEPEST];
    private final boolean[] ofValues = new boolean[DEEPEST];
    private int depth;
    private Last last = Last.START;
    private String word = "";
    private int rowFrom = -1;
    private int rowTo = -1;
    private boolean afterInto;
    private boolean settingVariable;

    private SqlFingerprint(String sql, SqlDialect dialect) {
        this.in = new SqlScanner(sql, dialect);
        this.out = new StringBuilder(Math.min(sql.length() + 16, 4_096));
        this.kinds[0] = Kind.OTHER;
        this.lists[0] = -1;
    }

    static SqlText of(String sql, SqlDialect dialect) {
        return new SqlFingerprint(sql, dialect).text();
    }

    /** What is shown of a text, in an unknown dialect. */
    static String of(String sql) {
        return of(sql, SqlDialect.UNKNOWN).display();
    }

    private SqlText text() {
        fold();
        while (out.length() > 0 && " ;".indexOf(out.charAt(out.length() - 1)) >= 0) {
            out.setLength(out.length() - 1);
        }
        String folded = out.toString();
        SqlText.Identity identity =
                SqlText.Identity.of(hidden.isEmpty() ? out : out.append('\0').append(hidden));
        return new SqlText(
                identity, SqlDisplay.of(folded, selectLists, identity, !hidden.isEmpty()), SqlText.Shape.of(folded));
    }

    private void fold() {
        while (in.at < in.end) {
            char c = in.sql.charAt(in.at);
            if (Character.isWhitespace(c)) {
                in.at++;
            } else if (in.wordStartAt(in.at)) {
                word();
            } else if (c == '\'') {
                in.skipString('\'', false);
                value();
            } else if (in.digitAt(in.at) || (c == '.' && in.digitAt(in.at + 1) && last != Last.WORD)) {
                in.skipNumber();
                value();
            } else if (!comment(c) && !quoted(c)) {
                symbol(c);
            }
            if (settingVariable && last == Last.OPERATOR) {
                in.at = in.end; // what a session variable is set to is a value, quoted or not
                value();
            }
        }
    }

    private boolean comment(char c) {
        char next = in.peek(in.at + 1);
        if (c == '-' && next == '-') {
            boolean mySqlMinus = in.dialect == SqlDialect.UNKNOWN
                    && isOperand()
                    && in.at > 0
                    && !Character.isWhitespace(in.sql.charAt(in.at - 1));
            if (in.dialect.isMySql() && in.at + 2 < in.end && !Character.isWhitespace(in.peek(in.at + 2))) {
                return false;
            }
            int from = in.at + 2;
            in.skipLine();
            if (mySqlMinus) {
                hide("--", from, in.at);
            }
            return true;
        }
        if (c == '/' && next == '*') {
            int from = in.at + 2;
            in.skipComment();
            char kind = in.peek(from);
            if (kind == '+' || (kind == '!' && (in.dialect.isMySql() || in.dialect == SqlDialect.UNKNOWN))) {
                hide("/*", from + 1, Math.max(from + 1, in.at - 2));
            }
            return true;
        }
        if (c == '#' && in.dialect.hashComments() && !hashIsOther(next)) {
            int from = in.at + 1;
            in.skipLine();
            if (in.dialect == SqlDialect.UNKNOWN) {
                hide("#", from, in.at);
            }
            return true;
        }
        return false;
    }

    /** PostgreSQL's {@code #>} and SQL Server's temporary tables. */
    private boolean hashIsOther(char next) {
        return in.dialect == SqlDialect.UNKNOWN
                && (next == '>' || (SqlWords.precedesName(word) && !Character.isWhitespace(next)));
    }

    /** Makes a difference for the identity without being shown. */
    private void hide(String kind, int from, int to) {
        SqlFingerprint folded = new SqlFingerprint(in.sql.substring(Math.min(from, to), to), in.dialect);
        folded.fold();
        hidden.append(kind).append(folded.out).append(folded.hidden);
    }

    private boolean quoted(char c) {
        int from = in.at;
        if (c == '"' && !in.dialect.quotesNames()) {
            in.skipName('"');
            boolean name = in.peek(in.at) == '.'
                    || last == Last.TIGHT
                    || (SqlWords.precedesName(word) && last == Last.KEYWORD);
            if (in.dialect != SqlDialect.MYSQL && name) {
                name(from);
            } else {
                in.at = from;
                in.skipString('"', false);
                value();
            }
            return true;
        }
        if (c == '"' || c == '`') {
            in.skipName(c);
            name(from);
            return true;
        }
        if (c == '[' && in.dialect.bracketNames()) {
            if (in.dialect == SqlDialect.UNKNOWN) {
                if (in.bracketIsAmbiguous()) {
                    in.at = in.end;
                    value();
                    return true;
                }
                return false;
            }
            in.skipName(']');
            name(from);
            return true;
        }
        if (c == '$' && in.dialect.dollarQuotes() && in.skipDollarQuote()) {
            value();
            return true;
        }
        return false;
    }

    private void name(int from) {
        token(in.sql, from, in.at, Last.WORD);
        for (int i = Math.max(0, out.length() - (in.at - from)); i < out.length(); i++) {
            if (out.charAt(i) < ' ') {
                out.setCharAt(i, '?'); // a name that would forge a line of the log
            }
        }
        word = "";
        ofValues[depth] = false;
    }

    private void word() {
        int from = in.at;
        in.skipWord();
        int length = in.at - from;
        if (in.peek(in.at) == '\'') {
            if (length <= 2 && Character.toLowerCase(in.sql.charAt(in.at - 1)) == 'q' && in.skipAlternativeQuote()) {
                value(); // q'[…]', nq'{…}'
                return;
            }
            if (length == 1) {
                boolean escapes = Character.toLowerCase(in.sql.charAt(from)) == 'e';
                in.skipString('\'', escapes); // N'…', E'…', X'…', B'…'
                value();
                return;
            }
        } else if (length == 1 && in.peek(in.at) == '&' && in.peek(in.at + 1) == '\'') {
            in.at++;
            in.skipString('\'', false); // U&'…'
            value();
            return;
        }
        word(SqlWords.normal(in.sql.substring(from, in.at)));
    }

    private void word(String normal) {
        boolean keyword = SqlWords.isKeyword(normal);
        if (normal.equals("true") || normal.equals("false") || isNullValue(normal)) {
            value();
            return;
        }
        if (settingVariable && last == Last.TIGHT) {
            value(); // app.user_42: a parameter of the application's own, named as it likes
            return;
        }
        if (settingVariable && normal.equals("to")) {
            space(Last.OPERATOR);
            out.append('=');
            last = Last.OPERATOR;
            return;
        }
        if (last == Last.START && normal.equals("set")) {
            settingVariable = true;
        }
        if (!keyword && !isOfValues(normal)) {
            ofValues[depth] = false;
        } else if (normal.equals("select") || normal.equals("table")) {
            ofValues[depth] = false;
        }
        if (normal.equals("from") && lists[depth] >= 0) {
            endOfSelectList();
        }
        token(normal, 0, normal.length(), keyword ? Last.KEYWORD : Last.WORD);
        if (normal.equals("select")) {
            lists[depth] = out.length() + 1;
        }
        if (keyword) {
            afterInto = normal.equals("into") || normal.equals("table");
        }
        word = normal;
    }

    private boolean isNullValue(String normal) {
        boolean inRow = kinds[depth].folds() && ofValues[depth];
        boolean tested = word.equals("is") || word.equals("not");
        if (normal.equals("null")) {
            return !tested && (inRow || last == Last.OPERATOR);
        }
        return inRow && normal.equals("default");
    }

    /** A function, a type or a literal's prefix does not make a list one of columns. */
    private boolean isOfValues(String normal) {
        char next = in.nextVisible(in.at);
        return next == '(' || next == '\'' || word.equals("as") || isCast() || SqlWords.isOfValues(normal);
    }

    private boolean isCast() {
        int length = out.length();
        return last == Last.TIGHT && length > 1 && out.charAt(length - 1) == ':';
    }

    private void endOfSelectList() {
        int from = lists[depth];
        lists[depth] = -1;
        if (out.length() - from > SqlDisplay.LONGEST_SELECT_LIST) {
            selectLists.removeIf(inner -> inner[0] >= from);
            selectLists.add(new int[] {from, out.length()});
        }
    }

    private void symbol(char c) {
        char next = in.peek(in.at + 1);
        if ((c == '$' || c == '?' || c == ':') && in.digitAt(in.at + 1) && last != Last.WORD) {
            in.at++;
            in.skipWord();
            value();
        } else if (c == '?' && next != '?') {
            in.at++;
            value();
        } else if (c == '(' || c == '[') {
            open(c);
        } else if (c == ')' || c == ']') {
            close(c);
        } else if (c == ',') {
            comma();
        } else if (c == '{' || c == '}') {
            in.at++;
            token(in.sql, in.at - 1, in.at, c == '{' ? Last.OPEN : Last.CLOSE); // an escape of JDBC
            word = "";
        } else if (c == '.' || (c == ':' && next == ':')) {
            int length = c == '.' ? 1 : 2;
            in.at += length;
            out.append(c == '.' ? "." : "::");
            last = Last.TIGHT;
        } else if (c == ';') {
            in.at++;
            out.append(';');
            last = Last.KEYWORD;
            word = "";
        } else if ((c == '-' || c == '+')
                && !isOperand()
                && (in.digitAt(skipped(in.at + 1)) || in.peek(skipped(in.at + 1)) == '.')) {
            in.at++; // the sign of a number
        } else {
            operator(c);
        }
    }

    private int skipped(int index) {
        int i = index;
        while (i < in.end && Character.isWhitespace(in.sql.charAt(i))) {
            i++;
        }
        return i;
    }

    private boolean isOperand() {
        return last == Last.WORD || last == Last.VALUE || last == Last.CLOSE;
    }

    private void operator(char first) {
        int from = in.at;
        in.at++;
        while (in.at < in.end && continuesOperator()) {
            in.at++;
        }
        boolean ofName = first == '@' || first == ':' || first == '#' || first == '$' || first == '\\';
        token(in.sql, from, in.at, ofName && in.wordStartAt(in.at) ? Last.TIGHT : Last.OPERATOR);
        if (ofName) {
            ofValues[depth] = false;
        }
    }

    private boolean continuesOperator() {
        char c = in.sql.charAt(in.at);
        return switch (c) {
            case '<', '>', '=', '!', '~', '|', '&', '%', '^' -> true;
            case '@' -> !in.wordStartAt(in.at + 1);
            case '?' -> in.sql.charAt(in.at - 1) == '?';
            default -> false;
        };
    }

    private void open(char c) {
        in.at++;
        space(c == '(' ? Last.OPEN : Last.CLOSE);
        Kind kind = kindOfList(c);
        if (depth + 1 < DEEPEST) {
            depth++;
        }
        kinds[depth] = kind;
        opened[depth] = out.length();
        lists[depth] = -1;
        ofValues[depth] = true;
        out.append(c);
        last = Last.OPEN;
        word = "";
    }

    private Kind kindOfList(char c) {
        if (c == '[') {
            return word.equals("array") ? Kind.ARRAY : Kind.OTHER;
        }
        if (last == Last.KEYWORD && word.equals("in")) {
            return Kind.IN;
        }
        boolean nextRow = last == Last.COMMA && rowTo >= 0 && rowTo == out.length() - 2;
        if (nextRow || (last == Last.KEYWORD && (word.equals("values") || word.equals("row")))) {
            return Kind.ROW;
        }
        return kinds[depth].folds() ? Kind.INSIDE : Kind.OTHER;
    }

    private void comma() {
        in.at++;
        Kind kind = kinds[depth];
        if (kind != Kind.OTHER && kind != Kind.INSIDE && ofValues[depth]) {
            out.setLength(opened[depth] + 1);
            out.append('?');
        }
        out.append(',');
        last = Last.COMMA;
        word = "";
    }

    private void close(char c) {
        in.at++;
        Kind kind = kinds[depth];
        int from = opened[depth];
        boolean values = ofValues[depth];
        boolean empty = out.length() == from + 1;
        if (depth > 0) {
            depth--;
            ofValues[depth] &= values;
        }
        if (kind != Kind.OTHER && kind != Kind.INSIDE && values && !empty) {
            out.setLength(from + 1);
            out.append('?');
        }
        out.append(c);
        if (kind == Kind.ROW) {
            closeRow(from);
        }
        last = Last.CLOSE;
        word = "";
    }

    private void closeRow(int from) {
        int length = out.length() - from;
        boolean again = rowTo >= 0
                && rowTo + 2 == from
                && rowTo - rowFrom == length
                && out.substring(rowFrom, rowTo).contentEquals(out.substring(from));
        if (again) {
            out.setLength(rowTo);
        } else {
            rowFrom = from;
            rowTo = out.length();
        }
    }

    private void value() {
        int length = out.length();
        if (last == Last.COMMA
                && length > 7
                && out.charAt(length - 2) == '?'
                && "?, ?, ?,".contentEquals(out.substring(length - 8))) {
            out.setLength(length - 1); // more than three values of a function are any number of them
            last = Last.VALUE;
            return;
        }
        token("?", 0, 1, Last.VALUE);
    }

    private void token(CharSequence text, int from, int to, Last kind) {
        space(kind);
        out.append(text, from, to);
        last = kind;
    }

    private void space(@Nullable Last next) {
        boolean tight = last == Last.START || last == Last.OPEN || last == Last.TIGHT;
        boolean call = next == Last.OPEN && last == Last.WORD && !afterInto;
        if (!tight && !call && next != Last.CLOSE) {
            out.append(' ');
        }
        if (next == Last.OPEN) {
            afterInto = false;
        }
    }
}
