package io.perfkit.cache.servlet;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Dates in headers, in the one form that is still generated and the two that must still be understood. */
final class HttpDates {

    /** How far back a year of two digits may lie: so none is more than 50 years ahead (RFC 9110, 5.6.7). */
    private static final int YEARS_BACK = 49;

    private static final DateTimeFormatter ASCTIME = new DateTimeFormatterBuilder()
            .parseCaseInsensitive()
            .appendPattern("EEE MMM ppd HH:mm:ss uuuu")
            .toFormatter(Locale.ENGLISH);

    private HttpDates() {}

    /**
     * The instant that a header names, or null if it names none.
     *
     * @param now what a year of two digits is near to
     */
    static @Nullable Instant parse(String text, Instant now) {
        String date = text.trim();
        try {
            if (date.indexOf('-') > 0) {
                return LocalDateTime.parse(date, rfc850(now)).toInstant(ZoneOffset.UTC);
            }
            if (date.indexOf(',') < 0) {
                return LocalDateTime.parse(date, ASCTIME).toInstant(ZoneOffset.UTC);
            }
            return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static DateTimeFormatter rfc850(Instant now) {
        int firstYear = now.atOffset(ZoneOffset.UTC).getYear() - YEARS_BACK;
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern("EEEE, dd-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, firstYear)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH);
    }
}
