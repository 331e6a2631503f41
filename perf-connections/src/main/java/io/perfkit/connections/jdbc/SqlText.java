package io.perfkit.connections.jdbc;

import java.util.Locale;

/**
 * What a text of SQL may leave behind in a session, as far as its words tell: a transaction that was begun by text, or
 * settings, temporary tables and locks. What a function or procedure does inside cannot be seen from here.
 *
 * @param transaction whether a transaction may be open after it without JDBC's knowledge
 * @param session whether the session may be changed beyond the transaction
 * @param local whether it changes the session within the transaction only, in PostgreSQL
 */
record SqlText(boolean transaction, boolean session, boolean local) {
    private static final SqlText PLAIN = new SqlText(false, false, false);

    boolean isPlain() {
        return !transaction && !session && !local;
    }

    static SqlText of(String sql) {
        Reading reading = new Reading(sql);
        reading.read();
        return reading.transaction || reading.session || reading.local
                ? new SqlText(reading.transaction, reading.session, reading.local)
                : PLAIN;
    }

    /** Goes through the words once, past comments and literals. */
    private static final class Reading {
        private final String sql;
        private int at;
        private int word;
        private String first = "";
        private String before = "";
        private boolean transaction;
        private boolean session;
        private boolean local;

        Reading(String sql) {
            this.sql = sql;
        }

        void read() {
            int length = sql.length();
            while (at < length) {
                char c = sql.charAt(at);
                if (Character.isLetter(c) || c == '_') {
                    int start = at;
                    while (at < length && (Character.isLetterOrDigit(sql.charAt(at)) || sql.charAt(at) == '_')) {
                        at++;
                    }
                    word(start, at);
                } else if (c == ';') {
                    word = 0;
                    at++;
                } else if (c == '\'' || c == '"' || c == '`') {
                    skipTo(c);
                } else if (c == '$') {
                    skipDollarQuoted();
                } else if (c == '-' && follows('-')) {
                    skipLine();
                } else if (c == '/' && follows('*')) {
                    skipComment();
                } else {
                    if (c == ':' && follows('=')) {
                        session = true;
                    }
                    at++;
                }
            }
        }

        private boolean follows(char c) {
            return at + 1 < sql.length() && sql.charAt(at + 1) == c;
        }

        private void skipTo(char quote) {
            int end = sql.indexOf(quote, at + 1);
            at = end < 0 ? sql.length() : end + 1;
        }

        private void skipLine() {
            int end = sql.indexOf('\n', at);
            at = end < 0 ? sql.length() : end + 1;
        }

        /** MariaDB executes what stands in a comment that begins with an exclamation mark. */
        private void skipComment() {
            if (at + 2 < sql.length() && (sql.charAt(at + 2) == '!' || sql.charAt(at + 2) == 'M')) {
                at += 3;
                return;
            }
            int end = sql.indexOf("*/", at + 2);
            at = end < 0 ? sql.length() : end + 2;
        }

        private void skipDollarQuoted() {
            int tagEnd = at + 1;
            while (tagEnd < sql.length() && Character.isLetterOrDigit(sql.charAt(tagEnd))) {
                tagEnd++;
            }
            if (tagEnd >= sql.length() || sql.charAt(tagEnd) != '$') {
                at++;
                return;
            }
            String tag = sql.substring(at, tagEnd + 1);
            int end = sql.indexOf(tag, tagEnd + 1);
            at = end < 0 ? sql.length() : end + tag.length();
        }

        private void word(int start, int end) {
            word++;
            // Beyond the first words only a few long or rare names matter.
            if (word > 5 && end - start < 4) {
                before = "";
                return;
            }
            String name = sql.substring(start, end).toLowerCase(Locale.ROOT);
            if (word == 1) {
                first = name;
                firstWord(name);
            } else if (word == 2) {
                secondWord(name);
            } else {
                furtherWord(name);
            }
            anyWord(name);
            before = name;
        }

        private void firstWord(String name) {
            switch (name) {
                case "begin", "start" -> transaction = true;
                case "xa" -> {
                    transaction = true;
                    session = true;
                }
                // What follows may be no word: SET @a = 1.
                case "set" -> session = startsWithoutWord();
                case "reset", "use", "discard", "listen", "load", "prepare", "handler", "pragma", "attach", "do" ->
                    session = true;
                default -> {}
            }
        }

        private boolean startsWithoutWord() {
            int next = at;
            while (next < sql.length() && Character.isWhitespace(sql.charAt(next))) {
                next++;
            }
            return next < sql.length() && !Character.isLetter(sql.charAt(next)) && sql.charAt(next) != '/';
        }

        private void secondWord(String name) {
            switch (first) {
                case "set" -> {
                    if (name.equals("local") || name.equals("transaction") || name.equals("constraints")) {
                        local = true;
                    } else {
                        session = true;
                    }
                }
                case "lock" -> session |= name.equals("tables");
                case "alter" -> session |= name.equals("session");
                case "create" -> furtherWord(name);
                default -> {}
            }
        }

        private void furtherWord(String name) {
            boolean temporary = name.equals("temp") || name.equals("temporary");
            if (temporary && ((first.equals("create") && word <= 5) || before.equals("into"))) {
                session = true;
            } else if (name.equals("chain") && !before.equals("no")) {
                transaction |= first.equals("commit") || first.equals("rollback") || first.equals("end");
            } else if (name.equals("hold") && first.equals("declare")) {
                session = true;
            }
        }

        private void anyWord(String name) {
            if (name.equals("set_config")
                    || name.equals("get_lock")
                    || name.startsWith("pg_advisory_lock")
                    || name.startsWith("pg_try_advisory_lock")) {
                session = true;
            }
        }
    }
}
