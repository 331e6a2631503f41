package io.perfkit.examples.springboot;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One side, as a process of its own with the class path that Maven gave it. */
final class Clinic implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final String name;
    private final Process process;
    private final Path log;
    private final Thread endsWithUs;
    private final CompletableFuture<Integer> port = new CompletableFuture<>();

    private Clinic(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.endsWithUs = new Thread(process::destroyForcibly);
        Runtime.getRuntime().addShutdownHook(endsWithUs);
        Thread reader = new Thread(this::read, "clinic-" + name);
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Begins to start a side; {@link #base} waits until it answers.
     *
     * @param side which
     * @param folder that of {@code perf-examples/spring-boot}
     * @param data where its database is
     * @param redisUri where Redis is
     * @param jvmOptions more options of the JVM
     * @return the side
     * @throws IOException where it cannot be started
     */
    static Clinic start(Side side, Path folder, ClinicData data, String redisUri, List<String> jvmOptions)
            throws IOException {
        String classPath = folder.resolve(side.toString()).resolve("target").resolve("classes")
                + System.getProperty("path.separator")
                + classPath(folder, side.toString());
        return start(side.toString(), folder, classPath, data.jdbcUrl(side), redisUri, jvmOptions);
    }

    /** The libraries that a module has at run time. */
    static String classPath(Path folder, String module) throws IOException {
        Path classPath = folder.resolve(module).resolve("target").resolve("clinic.classpath");
        if (!Files.exists(classPath)) {
            throw new Trouble(classPath + " is not there; build first: perf-examples/spring-boot/run does");
        }
        return Files.readString(classPath).strip();
    }

    /** The clinic that is on a class path, with more arguments. */
    static Clinic start(
            String name,
            Path folder,
            String classPath,
            String jdbcUrl,
            String redisUri,
            List<String> jvmOptions,
            String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.addAll(jvmOptions);
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(
                "io.perfkit.examples.clinic.ClinicApplication",
                "--server.address=127.0.0.1",
                "--server.port=0",
                "--spring.main.banner-mode=off",
                "--spring.datasource.url=" + jdbcUrl,
                "--spring.data.redis.url=" + redisUri));
        command.addAll(List.of(arguments));
        Path log = folder.resolve("load").resolve("target").resolve("clinic-" + name + ".log");
        return new Clinic(
                name, new ProcessBuilder(command).redirectErrorStream(true).start(), log);
    }

    /** Where it answers. */
    String base() throws InterruptedException {
        try {
            return "http://127.0.0.1:" + port.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException | java.util.concurrent.ExecutionException e) {
            throw new Trouble("the clinic " + name + " did not start; see " + log);
        }
    }

    /** What it has logged. */
    Path log() {
        return log;
    }

    private void read() {
        try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
                PrintWriter file = new PrintWriter(Files.newBufferedWriter(log), true)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.println(line);
                Matcher started = STARTED.matcher(line);
                if (started.find()) {
                    port.complete(Integer.valueOf(started.group(1)));
                }
            }
        } catch (IOException ended) {
            port.completeExceptionally(ended);
        } finally {
            port.completeExceptionally(new IOException("the process ended"));
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().removeShutdownHook(endsWithUs);
    }
}
