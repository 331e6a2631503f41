package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Equal values have equal texts in a key, and different ones different texts, whatever {@code toString()} says. */
class EqualTextsTest {

    static Stream<Arguments> values() {
        return Stream.of(
                Arguments.of("URI", uris()),
                Arguments.of("Locale", locales()),
                Arguments.of("Double", List.of(0.0, -0.0, Double.NaN, 1.0, 1e300)),
                Arguments.of(
                        "BigDecimal", List.of(new BigDecimal("1.0"), new BigDecimal("1.00"), new BigDecimal("1E+1"))),
                Arguments.of("Duration", List.of(Duration.ofSeconds(60), Duration.ofMinutes(1), Duration.ofHours(1))),
                Arguments.of("ZoneId", List.of(ZoneOffset.UTC, ZoneId.of("UTC"), ZoneId.of("GMT"))),
                Arguments.of("instants with a zone", zoned()),
                Arguments.of(
                        "OffsetDateTime",
                        List.of(
                                OffsetDateTime.parse("2026-01-01T00:00Z"),
                                OffsetDateTime.parse("2026-01-01T01:00+01:00"),
                                OffsetDateTime.parse("2026-01-01T00:00:00+00:00"))));
    }

    private static List<URI> uris() {
        return Stream.of(
                        "http://Example.org/a",
                        "HTTP://example.org/a",
                        "http://example.org:/a",
                        "http://example.org:80/a",
                        "http://example.org/A",
                        "http://example.org/%c3%a9",
                        "http://example.org/%C3%A9",
                        "http://example.org/%C3%a9?q=%e9#%e9",
                        "http://example.org/%C3%A9?q=%E9#%E9",
                        "http://User@example.org/a",
                        "http://user@example.org/a",
                        "http://@example.org/a",
                        "http://my_host:8080/a",
                        "http://MY_HOST:8080/a",
                        "file:/a",
                        "file:///a",
                        "FILE:/a",
                        "urn:isbn:1%2f",
                        "URN:isbn:1%2F",
                        "urn:ISBN:1%2F",
                        "mailto:a@b",
                        "mailto:a@B",
                        "a?b",
                        "a?",
                        "a#",
                        "a",
                        "",
                        "//example.org",
                        "//EXAMPLE.org")
                .map(URI::create)
                .toList();
    }

    private static List<Locale> locales() {
        return List.of(
                Locale.ROOT,
                new Locale.Builder().build(),
                Locale.GERMANY,
                Locale.GERMAN,
                Locale.forLanguageTag("de-DE"),
                new Locale.Builder().setVariant("POSIX").build(),
                new Locale.Builder().setVariant("OTHER").build(),
                new Locale.Builder().setScript("Latn").build(),
                new Locale.Builder().setUnicodeLocaleKeyword("nu", "thai").build(),
                new Locale.Builder().setUnicodeLocaleKeyword("nu", "arab").build(),
                Locale.forLanguageTag("sr-Latn-RS"),
                Locale.forLanguageTag("sr-Cyrl-RS"),
                Locale.forLanguageTag("sr-RS"));
    }

    private static List<ZonedDateTime> zoned() {
        return List.of(
                ZonedDateTime.parse("2026-10-25T02:30+02:00[Europe/Paris]"),
                ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Paris]"),
                ZonedDateTime.parse("2026-10-25T02:30+01:00"),
                ZonedDateTime.parse("2026-10-25T02:30+01:00[Europe/Berlin]"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("values")
    void text_isTheSame_exactlyIfTheValuesAreEqual(String type, List<?> values) {
        for (Object first : values) {
            for (Object second : values) {
                assertThat(ArgumentText.plain(first).equals(ArgumentText.plain(second)))
                        .as("'%s' and '%s'", first, second)
                        .isEqualTo(first.equals(second));
            }
        }
    }
}
