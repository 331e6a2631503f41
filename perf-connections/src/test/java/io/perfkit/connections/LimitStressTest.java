package io.perfkit.connections;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.annotations.JCStressTest;

/** Has jcstress run {@link LimitRaces}, in JVMs of its own, and reads its verdict; Lincheck has the short form. */
class LimitStressTest {

    @Test
    @Tag("full")
    @Timeout(300)
    void races_ofRegistryAndPool_endOnlyAsTheyMay(@TempDir Path directory) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "org.openjdk.jcstress.Main",
                "-v",
                "-r",
                directory + "/",
                "-jvmArgs",
                "-Xmx256m",
                "-m",
                "quick",
                "-f",
                "1",
                "-fsm",
                "1",
                "-sc",
                "false",
                "-iters",
                "3",
                "-time",
                "1000");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
            assertThat(output).contains("Failed tests: No matches.").contains("Error tests: No matches.");
            List<String> races = Arrays.stream(LimitRaces.class.getDeclaredClasses())
                    .filter(type -> type.isAnnotationPresent(JCStressTest.class))
                    .map(Class::getSimpleName)
                    .toList();
            assertThat(races)
                    .hasSize(8)
                    .allSatisfy(race -> assertThat(output).contains(LimitRaces.class.getName() + "." + race));
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
