package io.perfkit.examples.dashboard.http;

import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The parameters of a request, checked. What does not parse is the client's fault and answered with 400. */
public final class Query {

    /** A parameter that does not make sense. */
    @SuppressWarnings("serial")
    public static final class BadRequest extends RuntimeException {
        public BadRequest(@Nullable String message) {
            super(message);
        }
    }

    private final UnaryOperator<@Nullable String> parameters;

    Query(UnaryOperator<@Nullable String> parameters) {
        this.parameters = parameters;
    }

    public @Nullable String text(String name) {
        return parameters.apply(name);
    }

    public long number(String name, long otherwise) {
        String text = text(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 1) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Reported below, like a number below 1.
        }
        throw new BadRequest(name + " must be a number of at least 1, but was '" + text + "'");
    }

    public LocalDate day(String name, LocalDate otherwise) {
        String text = text(name);
        try {
            return text == null ? otherwise : LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new BadRequest(name + " must be a day such as 2026-11-20, but was '" + text + "'");
        }
    }
}
