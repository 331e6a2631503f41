package io.perfkit.cache.servlet;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;

/** Dates in headers, in the one form that is still generated. */
final class HttpDates {

    private HttpDates() {}

    /** The instant that a header names, or null if it names none. */
    static @Nullable Instant parse(String text) {
        try {
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text.trim()));
        } catch (DateTimeException e) {
            return null;
        }
    }
}
