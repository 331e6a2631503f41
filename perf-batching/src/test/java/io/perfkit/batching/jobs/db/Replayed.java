package io.perfkit.batching.jobs.db;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.sql.DataSource;

/** Remembers the statements that run on a data source, with their values, and has PostgreSQL explain one of them. */
final class Replayed {
    private static final Pattern BUFFERS = Pattern.compile("Buffers:(?: shared)?((?: \\w+=\\d+)+)");
    private static final Pattern PART = Pattern.compile("(?:hit|read)=(\\d+)");

    /** A value that was set. */
    private record Setting(Method method, Object[] arguments) {}

    /**
     * A plan, and what it came to.
     *
     * @param text as PostgreSQL prints it
     * @param buffers how many pages of 8 KiB the whole statement looked at
     */
    record Plan(String text, long buffers) {}

    private final DataSource source;
    private final Map<String, List<Setting>> statements = new ConcurrentHashMap<>();

    Replayed(DataSource source) {
        this.source = source;
    }

    /** To be given to what is looked at. */
    DataSource recording() {
        return wrapped(
                DataSource.class,
                source,
                (method, arguments, answer) ->
                        answer instanceof Connection connection ? recording(connection) : answer);
    }

    private Connection recording(Connection connection) {
        return wrapped(Connection.class, connection, (method, arguments, answer) -> {
            if (!(answer instanceof PreparedStatement statement)
                    || !method.getName().equals("prepareStatement")) {
                return answer;
            }
            List<Setting> settings = new ArrayList<>();
            return wrapped(PreparedStatement.class, statement, (call, values, result) -> {
                if (call.getName().startsWith("set") && values != null && values.length >= 2) {
                    settings.add(new Setting(call, values));
                } else if (call.getName().startsWith("execute")) {
                    statements.put((String) arguments[0], List.copyOf(settings));
                }
                return result;
            });
        });
    }

    /** What becomes of an answer. */
    private interface After {
        Object of(Method method, Object[] arguments, Object answer);
    }

    private static <T> T wrapped(Class<T> type, T target, After after) {
        return type.cast(Proxy.newProxyInstance(
                Replayed.class.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    try {
                        return after.of(method, arguments, method.invoke(target, arguments));
                    } catch (InvocationTargetException e) {
                        throw e.getTargetException();
                    }
                }));
    }

    boolean has(String part) {
        return statements.keySet().stream().anyMatch(sql -> sql.contains(part));
    }

    /** The last statement that has this part is run once more, explained, and taken back. */
    Plan explain(String part) throws SQLException, ReflectiveOperationException {
        String sql = statements.keySet().stream()
                .filter(each -> each.contains(part))
                .findFirst()
                .orElseThrow();
        StringBuilder text = new StringBuilder();
        try (Connection connection = source.getConnection()) {
            connection.setAutoCommit(false);
            try (PreparedStatement statement =
                    connection.prepareStatement("explain (analyze, buffers, timing off, summary off) " + sql)) {
                for (Setting setting : statements.get(sql)) {
                    setting.method.invoke(statement, setting.arguments);
                }
                try (ResultSet lines = statement.executeQuery()) {
                    while (lines.next()) {
                        text.append(lines.getString(1)).append('\n');
                    }
                }
            } finally {
                connection.rollback();
            }
        }
        Matcher buffers = BUFFERS.matcher(text);
        long count = 0;
        if (buffers.find()) {
            for (Matcher each = PART.matcher(buffers.group(1)); each.find(); ) {
                count += Long.parseLong(each.group(1));
            }
        }
        return new Plan(text.toString(), count);
    }
}
