package io.perfkit.testkit.grammar;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How a duration is written in annotations and properties, the same in every artifact: a whole number with a unit, or the
 * ISO form. Whether zero or a negative duration makes sense is for the setting to say, so none is here.
 */
public final class DurationTexts {
    private static final Map<String, Duration> GOOD = good();

    private static final List<String> BAD = List.of(
            "",
            " ",
            "5",
            "0.5",
            "m",
            "ms",
            "5 m",
            " 5m",
            "5m ",
            "5m\n",
            "1.5s",
            "1,5s",
            "1_000ms",
            "+5m",
            "-5m",
            "5M",
            "5MS",
            "5S",
            "5Ms",
            "5min",
            "5sec",
            "5msec",
            "5w",
            "1y",
            "5us",
            "5µs",
            "5ns",
            "5m30s",
            "5mm",
            "٥m",
            "５m",
            "1000000000000ms",
            "PT",
            "P",
            "T5M",
            "PT5",
            "5PT",
            "P5M",
            "P1W",
            "PT1H 5M",
            "PT9999999999999999999H",
            "null",
            "five minutes");

    private DurationTexts() {}

    private static Map<String, Duration> good() {
        Map<String, Duration> texts = new LinkedHashMap<>();
        texts.put("1ms", Duration.ofMillis(1));
        texts.put("500ms", Duration.ofMillis(500));
        texts.put("2s", Duration.ofSeconds(2));
        texts.put("300s", Duration.ofMinutes(5));
        texts.put("5m", Duration.ofMinutes(5));
        texts.put("005m", Duration.ofMinutes(5));
        texts.put("1h", Duration.ofHours(1));
        texts.put("7d", Duration.ofDays(7));
        texts.put("36500d", Duration.ofDays(36_500));
        texts.put("999999999999ms", Duration.ofMillis(999_999_999_999L));
        texts.put("PT0.5S", Duration.ofMillis(500));
        texts.put("PT0.000001S", Duration.ofNanos(1_000));
        texts.put("PT5M", Duration.ofMinutes(5));
        texts.put("pt5m", Duration.ofMinutes(5));
        texts.put("PT1H30M", Duration.ofMinutes(90));
        texts.put("P7D", Duration.ofDays(7));
        texts.put("P1DT12H", Duration.ofHours(36));
        return texts;
    }

    /**
     * Tries each text of the table; throws an {@link AssertionError} that lists those which are read otherwise.
     *
     * @param read reads a text, or throws an {@link IllegalArgumentException} that quotes it
     */
    public static void check(Function<String, Duration> read) {
        List<String> wrong = new ArrayList<>();
        GOOD.forEach((text, meant) -> {
            Object found = tried(read, text);
            if (!meant.equals(found)) {
                wrong.add("'" + text + "' must be read as " + meant + ", but gave " + found);
            }
        });
        for (String text : BAD) {
            Object found = tried(read, text);
            if (!(found instanceof IllegalArgumentException refusal)) {
                wrong.add("'" + text + "' must be refused with IllegalArgumentException, but gave " + found);
            } else if (!String.valueOf(refusal.getMessage()).contains(text)) {
                wrong.add("the refusal of '" + text + "' must quote it, but said " + refusal.getMessage());
            }
        }
        if (!wrong.isEmpty()) {
            throw new AssertionError("Texts of durations: " + String.join("; ", wrong));
        }
    }

    private static @Nullable Object tried(Function<String, Duration> read, String text) {
        try {
            return read.apply(text);
        } catch (RuntimeException failure) {
            return failure;
        }
    }
}
