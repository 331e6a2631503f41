package io.perfkit.pagination;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jooq.exception.DataAccessException;

/** How many cases an oracle has compared, how many were refused as documented, and what failed. */
final class Tally {

    private final String name;
    private final List<String> failures = new ArrayList<>();
    private int cases;
    private int refusals;

    Tally(String name) {
        this.name = name;
    }

    /** One case: it returns, or it has failed. */
    void compare(String what, Runnable comparison) {
        cases++;
        try {
            comparison.run();
        } catch (RuntimeException | AssertionError e) {
            failures.add(what + ": " + e);
        }
    }

    /** One case that must end in this message, of ours or, where the database has no such thing, of the database. */
    void refuse(String what, String message, Runnable attempt) {
        refusals++;
        try {
            attempt.run();
            failures.add(what + ": was not refused");
        } catch (PaginationException | DataAccessException e) {
            if (!String.valueOf(e.getMessage()).contains(message)) {
                failures.add(what + ": refused by another message: " + e.getMessage());
            }
        } catch (RuntimeException | AssertionError e) {
            failures.add(what + ": not refused but failed: " + e);
        }
    }

    int cases() {
        return cases;
    }

    int refusals() {
        return refusals;
    }

    List<String> failures() {
        return failures;
    }

    /** Keeps the figures among the results of the build, and fails if anything did. */
    void verify() {
        String figures = String.format(
                Locale.ROOT, "%s: %d cases, %d refused, %d failures%n", name, cases, refusals, failures.size());
        Path results = Path.of("target", "oracle");
        try {
            Files.createDirectories(results);
            Files.writeString(results.resolve(name.replaceAll("\\W+", "-") + ".txt"), figures);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(failures).as(figures).isEmpty();
    }
}
