package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Chunks in a process with little memory that is killed in the middle, and resumed by the next. */
class ChunksKilledTest {

    @Test
    @Timeout(60)
    void killedAndResumed_nothingTwice_nothingLost(@TempDir Path directory) throws Exception {
        run(directory, 500_000, 1);
    }

    @Test
    @Tag("full")
    @Timeout(300)
    void fiveMillionItems_killedThreeTimes_nothingTwice_nothingLost(@TempDir Path directory) throws Exception {
        run(directory, 5_000_000, 3);
    }

    private static void run(Path directory, long items, int kills) throws Exception {
        int size = 1_000;
        long chunks = items / size;
        for (int kill = 1; kill <= kills; kill++) {
            long enough = chunks * kill / (kills + 1);
            Process process = start(directory, items, size, false);
            try {
                await().atMost(Duration.ofSeconds(60))
                        .pollDelay(Duration.ZERO)
                        .pollInterval(Duration.ofMillis(2))
                        .until(() -> !process.isAlive()
                                || ChunksProcess.recorded(directory).size() >= enough);
                assertThat(process.isAlive())
                        .as("%s", Files.readString(directory.resolve("output")))
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
        int before = ChunksProcess.recorded(directory).size();
        assertThat(ChunksProcess.recorded(directory)).doesNotContain((long) ChunksProcess.FAILING_CHUNK);

        Process last = start(directory, items, size, true);
        try {
            assertThat(last.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            last.destroyForcibly();
        }
        String output = Files.readString(directory.resolve("output"));
        assertThat(last.exitValue()).as("%s", output).isZero();
        // It began at the chunk that had failed, and left out what was done behind it.
        assertThat(output)
                .contains("from " + ChunksProcess.FAILING_CHUNK * size + " to the end: true, "
                        + (items - (long) before * size) + " items, failures []");
        List<String> lines = Files.readAllLines(ChunksProcess.effects(directory));
        long count = 0;
        long sum = 0;
        for (String line : lines) {
            String[] words = line.split(" ", -1);
            count += Long.parseLong(words[1]);
            sum += Long.parseLong(words[2]);
        }
        assertThat(ChunksProcess.recorded(directory)).doesNotHaveDuplicates().hasSize((int) chunks);
        assertThat(count).isEqualTo(items);
        assertThat(sum).isEqualTo(items * (items - 1) / 2);
    }

    private static Process start(Path directory, long items, int size, boolean isLast) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx64m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        ChunksProcess.class.getName(),
                        directory.toString(),
                        Long.toString(items),
                        Integer.toString(size),
                        Boolean.toString(isLast))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("output").toFile())
                .start();
    }
}
