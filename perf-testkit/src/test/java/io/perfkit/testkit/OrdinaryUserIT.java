package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A build that runs as root starts all servers as the ordinary user nobody, too, from a class path and with a home and a
 * directory for temporary files of that user's own. A build that runs as an ordinary user shows the same by all other
 * tests, so this one is skipped then.
 */
@Timeout(120)
class OrdinaryUserIT {
    private Path directory;
    private Path home;
    private Account nobody;

    @BeforeEach
    void prepare() throws IOException {
        assumeTrue(Workspace.instance().isRoot(), "only root can become an ordinary user; this build already is one");
        nobody = Account.candidates().stream()
                .filter(candidate -> candidate.owner() != null && candidate.works())
                .findFirst()
                .orElse(null);
        assumeTrue(nobody != null, "neither setpriv nor perl is here to become an ordinary user");
        directory = Files.createTempDirectory(Path.of("/tmp"), "ordinary-user-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        home = directory.resolve("home");
        nobody.createDirectory(home);
    }

    @AfterEach
    void remove() {
        if (directory != null) {
            Workspace.deleteTree(directory);
        }
    }

    @Test
    void everyServer_startedByAnOrdinaryUser_answersAndLeavesNothing() throws Exception {
        try (ChildJvm jvm = startAsNobody("check")) {
            int exitCode = jvm.await();

            assertThat(jvm.lines()).as("exit code %d", exitCode).contains("redis PONG", "closed");
            assertThat(jvm.values("postgres")).singleElement().asString().startsWith("18.");
            String user = Commands.run("id", "-u", "nobody").output();
            assertThat(jvm.values("user")).containsExactly(user);
            Path workspace = home.resolve("perfkit-testkit-" + user);
            assertThat(jvm.values("workspace")).containsExactly(workspace.toString());
            assertThat(workspace.resolve("run")).isEmptyDirectory();
            assertThat(exitCode).isZero();
        }
    }

    @Test
    void workspace_thatBelongsToAnotherUser_isRefusedWithAWayOut() throws Exception {
        String user = Commands.run("id", "-u", "nobody").output();
        Files.createDirectory(home.resolve("perfkit-testkit-" + user));

        try (ChildJvm jvm = startAsNobody("check")) {
            assertThat(jvm.await()).isNotZero();
            assertThat(jvm.lines())
                    .anyMatch(line -> line.contains("belongs to another user; remove it or choose another one with"
                            + " -Dperfkit.testkit.directory="));
        }
    }

    private ChildJvm startAsNobody(String mode) throws IOException {
        List<String> environment = new ArrayList<>(nobody.prefix());
        environment.addAll(List.of("env", "HOME=" + home));
        return ChildJvm.start(environment, List.of("-Djava.io.tmpdir=" + home), readableClassPath(), mode);
    }

    /** The class path again in a place where everybody may read it. */
    private String readableClassPath() throws IOException {
        List<String> entries = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":")) {
            Path original = Path.of(entry);
            if (!Files.exists(original)) {
                continue;
            }
            Path copy = directory.resolve(entries.size() + "-" + original.getFileName());
            copyTree(original, copy);
            entries.add(copy.toString());
        }
        return String.join(":", entries);
    }

    private static void copyTree(Path original, Path copy) throws IOException {
        Files.walkFileTree(original, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path visited, BasicFileAttributes attributes) throws IOException {
                Path created = Files.createDirectory(copy.resolve(original.relativize(visited)));
                Files.setPosixFilePermissions(created, PosixFilePermissions.fromString("rwxr-xr-x"));
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Path target = original.equals(file) ? copy : copy.resolve(original.relativize(file));
                Files.copy(file, target);
                Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rw-r--r--"));
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Each way in which root can start PostgreSQL, if this machine allows it. */
    @Test
    void postgres_startedByRootInEveryWay_servesRestartsAndLeavesNothing() throws IOException {
        List<Account> ways =
                Account.candidates().stream().filter(Account::works).toList();
        assertThat(ways).isNotEmpty();
        for (Account way : ways) {
            PostgresServer server = PostgresServer.builder().account(way).start();
            Path data = server.dataDirectory();
            Sql.execute(server.dataSource(), "CREATE TABLE t (i int)", "INSERT INTO t VALUES (42)");
            UserPrincipal owner = Files.getOwner(data);
            assertThat(owner.getName()).isEqualTo(way.owner() == null ? "root" : way.owner());

            server.kill();
            server.start();
            assertThat(Sql.query(server.dataSource(), "SELECT i FROM t")).isEqualTo("42");
            server.pause();
            server.resume();
            server.stop();
            server.startEmpty();
            assertThat(Sql.query(server.dataSource(), "SELECT count(*) FROM pg_tables WHERE tablename = 't'"))
                    .isEqualTo("0");
            server.close();

            assertThat(data).doesNotExist();
        }
    }

    @Test
    void candidates_forRoot_areMoreThanOne() {
        assertThat(Stream.of("unshare", "setpriv", "perl"))
                .containsAll(Account.candidates().stream()
                        .map(candidate -> candidate.prefix().get(0))
                        .toList());
        assertThat(Account.candidates()).hasSizeGreaterThan(1);
    }
}
