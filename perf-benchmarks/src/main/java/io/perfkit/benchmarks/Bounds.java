package io.perfkit.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the report must have, in their order, each with its bound: the content of {@code benchmark-lines.tsv}
 * beside this class. A row is a name, a peer and a bound; the bound {@code -} means that the row is there for the record
 * only, the peer {@code -} that the bound is on our own value.
 */
final class Bounds {

    /** What the file writes where there is no peer or no bound. */
    static final String NOTHING = "-";

    private static final String RESOURCE = "benchmark-lines.tsv";

    private Bounds() {}

    /**
     * One row.
     *
     * @param name the name of the line
     * @param peer the side it is compared with, or {@link #NOTHING}
     * @param bound what it must not exceed, or {@code null} where it is there for the record
     */
    record Row(String name, String peer, @Nullable BigDecimal bound) {

        boolean absolute() {
            return peer.equals(NOTHING);
        }
    }

    /** The rows of every area. */
    static List<Row> all() {
        try (InputStream in = Objects.requireNonNull(Bounds.class.getResourceAsStream(RESOURCE), RESOURCE)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(RESOURCE, e);
        }
    }

    /** The rows of a text; lines that start with {@code #} and empty ones are comments. */
    static List<Row> parse(String text) {
        List<Row> rows = new ArrayList<>();
        text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> rows.add(row(line)));
        return rows;
    }

    private static Row row(String line) {
        String[] fields = line.split("\t", -1);
        if (fields.length != 3) {
            throw new IllegalArgumentException(
                    "a row is name, peer and bound with tabs between them, but was: " + line);
        }
        return new Row(fields[0], fields[1], fields[2].equals(NOTHING) ? null : new BigDecimal(fields[2]));
    }
}
