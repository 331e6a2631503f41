package io.perfkit.cache.servlet;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table {@code rfc9111.txt}, line by line, on one server. */
class Rfc9111Test {

    private static final Pattern DATE = Pattern.compile("\\{now([+-]\\d+)?}");
    private static final Pattern STEP = Pattern.compile("([A-Za-z-]+)(@\\S+)?(?: \\(([^)]*)\\))? (miss|hit)(.*)");
    private static final Pattern EXPECTED = Pattern.compile("(\\d{3}|![\\w-]+|[\\w-]+=.+?)(?= \\d{3}| !| [\\w-]+=|$)");

    /** The answers of the application by the first segment of the path. */
    private static final Map<String, Line> ANSWERS = new ConcurrentHashMap<>();

    private static WebServer server;

    /** @param path of its own, so that lines do not meet */
    record Line(int number, String section, String what, String answer, String steps) {

        String path() {
            return "/line" + number;
        }

        @Override
        public String toString() {
            return section + " " + what;
        }
    }

    static List<Line> lines() throws IOException {
        List<Line> lines = new ArrayList<>();
        try (InputStream in = Objects.requireNonNull(Rfc9111Test.class.getResourceAsStream("rfc9111.txt"))) {
            for (String text : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
                if (!text.isBlank() && !text.startsWith("#")) {
                    String[] parts = text.split(" \\| ", -1);
                    assertThat(parts).as(text).hasSize(4);
                    lines.add(new Line(lines.size(), parts[0], parts[1], parts[2], parts[3]));
                }
            }
        }
        return lines;
    }

    @BeforeAll
    static void start() {
        server = WebServer.of(Rfc9111Test::answer, settings -> settings.dropHeaders("X-Own-Measurement"));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void answer(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Line line = ANSWERS.get(request.getRequestURI().replaceAll("^(/line\\d+).*", "$1"));
        String[] answers = line.answer().split(" // ");
        boolean readsOnly = Stream.of("GET", "HEAD").anyMatch(request.getMethod()::equals);
        String[] parts = answers[readsOnly || answers.length == 1 ? 0 : 1].split(" ", 2);
        int status = Integer.parseInt(parts[0]);
        response.setStatus(status);
        for (String header : parts.length == 1 ? new String[0] : parts[1].split(" & ")) {
            String[] nameAndValue = header.split(": ", 2);
            String value = filledIn(nameAndValue[1], line);
            if (nameAndValue[0].equals("Date")) {
                response.setHeader("Date", value); // the container has set one
            } else {
                response.addHeader(nameAndValue[0], value);
            }
        }
        if (status != 204 && status != 304) {
            response.getOutputStream().write("body".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static String filledIn(String text, Line line) {
        return DATE.matcher(text.replace("{path}", line.path())).replaceAll(match -> {
            long seconds = match.group(1) == null ? 0 : Long.parseLong(match.group(1));
            return date(server.clock.instant().plusSeconds(seconds));
        });
    }

    private static String date(Instant instant) {
        return DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ROOT)
                .format(instant.atOffset(ZoneOffset.UTC));
    }

    @ParameterizedTest
    @MethodSource("lines")
    void line(Line line) {
        ANSWERS.put(line.path(), line);
        for (String step : line.steps().split("; ")) {
            if (step.startsWith("+")) {
                server.clock.advance(Duration.ofSeconds(Long.parseLong(step.substring(1))));
            } else {
                step(line, step);
            }
        }
    }

    private static void step(Line line, String step) {
        Matcher parts = STEP.matcher(step);
        assertThat(parts.matches()).as("a step: %s", step).isTrue();
        String method = parts.group(1);
        String suffix = parts.group(2) == null ? "" : parts.group(2).substring(1);
        String target = line.path() + suffix;
        if (method.startsWith("ABSOLUTE-")) {
            method = method.substring("ABSOLUTE-".length());
            target = "http://Shop.example" + target;
        }
        int runs = server.runs.get();
        @Nullable Reply reply = send(method, target, headers(line, parts.group(3)));
        String as = step + " (line " + line.path() + ")";
        assertThat(server.runs.get() - runs).as(as).isEqualTo(parts.group(4).equals("miss") ? 1 : 0);
        Matcher expected = EXPECTED.matcher(parts.group(5).trim());
        while (expected.find()) {
            expect(as, reply, filledIn(expected.group(1), line));
        }
    }

    /** Null where the server broke off, as it does when an application writes less than it announced. */
    private static @Nullable Reply send(String method, String target, String[] headers) {
        try {
            return server.send(method, target, headers);
        } catch (UncheckedIOException e) {
            return null;
        }
    }

    private static String[] headers(Line line, @Nullable String given) {
        return given == null ? new String[0] : filledIn(given, line).split(" & ");
    }

    private static void expect(String as, @Nullable Reply reply, String expected) {
        assertThat(reply).as(as).isNotNull();
        int equals = expected.indexOf('=');
        if (expected.startsWith("!")) {
            assertThat(reply.header(expected.substring(1))).as(as).isNull();
        } else if (equals < 0) {
            assertThat(reply.status()).as(as).isEqualTo(Integer.parseInt(expected));
        } else {
            assertThat(reply.header(expected.substring(0, equals))).as(as).isEqualTo(expected.substring(equals + 1));
        }
    }

    @Test
    void table_isLongAndNamesTheSections() throws IOException {
        assertThat(lines())
                .hasSizeGreaterThan(150)
                .allSatisfy(line -> assertThat(line.section()).matches("(9110-)?\\d+(\\.\\d+)*"));
        assertThat(lines().stream().map(Line::section).distinct()).hasSizeGreaterThan(30);
    }
}
