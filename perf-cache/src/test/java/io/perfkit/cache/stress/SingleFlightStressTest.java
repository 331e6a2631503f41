package io.perfkit.cache.stress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.annotations.JCStressTest;

/**
 * Has jcstress run {@link SingleFlightRaces}, in JVMs of its own, and reads its verdict. The short form runs each race
 * for less than a second in one kind of compilation, the long one for a minute in all that jcstress knows.
 */
class SingleFlightStressTest {

    private static final Pattern RACE =
            Pattern.compile("\\[(\\w+)\\] " + Pattern.quote(SingleFlightRaces.class.getName()) + "\\.(\\w+)");
    private static final Pattern SAMPLES = Pattern.compile("^ *[0-9]+(?:, [0-9]+)+ +([0-9,]+) +[0-9.<>]+% +\\w+ ");

    @Test
    @Timeout(300)
    void races_ofOneKey_endOnlyAsTheyMay(@TempDir Path directory) throws Exception {
        check(directory, 5_000, "-m", "quick", "-f", "1", "-fsm", "1", "-sc", "false", "-iters", "1", "-time", "250");
    }

    @Test
    @Tag("full")
    void races_forMinutes_endOnlyAsTheyMay(@TempDir Path directory) throws Exception {
        check(directory, 1_000_000, "-m", "quick", "-f", "2", "-fsm", "3", "-iters", "5", "-time", "1000");
    }

    private static void check(Path directory, long samples, String... mode) throws IOException, InterruptedException {
        String output = run(directory, mode);
        assertThat(output).contains("Failed tests: No matches.").contains("Error tests: No matches.");
        Map<String, Long> bySample = samples(output.substring(output.indexOf("RUN RESULTS:")));
        List<String> races = Arrays.stream(SingleFlightRaces.class.getDeclaredClasses())
                .filter(type -> type.isAnnotationPresent(JCStressTest.class))
                .map(Class::getSimpleName)
                .toList();
        assertThat(bySample.keySet()).containsExactlyInAnyOrderElementsOf(races);
        assertThat(bySample).allSatisfy((race, n) -> assertThat(n).as(race).isGreaterThan(samples));
    }

    private static String run(Path directory, String... mode) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-v",
                "-r",
                directory + "/",
                "-jvmArgs",
                "-Xmx256m"));
        command.addAll(List.of(mode));
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            return output;
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    /** How often each race was run, from the tables at the end of the report. */
    private static Map<String, Long> samples(String report) {
        List<Map.Entry<String, Long>> all = new ArrayList<>();
        String race = "";
        for (String line : report.lines().toList()) {
            Matcher name = RACE.matcher(line);
            Matcher samples = SAMPLES.matcher(line);
            if (name.find()) {
                race = name.group(2);
            } else if (samples.find()) {
                all.add(Map.entry(race, Long.parseLong(samples.group(1).replace(",", ""))));
            }
        }
        return all.stream()
                .collect(Collectors.groupingBy(Map.Entry::getKey, Collectors.summingLong(Map.Entry::getValue)));
    }
}
