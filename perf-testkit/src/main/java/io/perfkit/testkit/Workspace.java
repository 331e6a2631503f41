package io.perfkit.testkit;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * Where unpacked binaries and the directories of running servers live: {@code perfkit-testkit-<user number>} in the
 * directory for temporary files, or wherever the system property {@code perfkit.testkit.directory} says. Each user has
 * one of their own, so that they neither collide nor can put a binary under each other's feet.
 */
final class Workspace {
    static final String PROPERTY = "perfkit.testkit.directory";

    private static final Set<PosixFilePermission> PASSABLE = PosixFilePermissions.fromString("rwx--x--x");

    private final Path directory;
    private final int user;

    private Workspace(Path directory, int user) {
        this.directory = directory;
        this.user = user;
    }

    private static final class Holder {
        static final Workspace INSTANCE = open();
    }

    static Workspace instance() {
        return Holder.INSTANCE;
    }

    /** The number of the user that runs this JVM; 0 is root. */
    int user() {
        return user;
    }

    boolean isRoot() {
        return user == 0;
    }

    /** Where unpacked binaries are kept from run to run. */
    Path binaries() {
        return createPassable(directory.resolve("binaries"));
    }

    /** A new directory for a server, which the reaper removes at the end of the JVM. */
    Path createRunDirectory(String kind) {
        return createRegistered(createPassable(directory.resolve("run")), kind);
    }

    /** The same in a directory that the caller chose. */
    static Path createRegistered(Path parent, String kind) {
        Path created;
        try {
            created = Files.createTempDirectory(parent, "perfkit-" + kind + "-").toAbsolutePath();
        } catch (IOException e) {
            throw new TestServerException(
                    "no directory for a server can be created in " + parent + " (" + Diagnosis.of(e)
                            + "); make it writable or choose another one",
                    e);
        }
        Reaper.instance().addDirectory(created);
        try {
            Files.setPosixFilePermissions(created, PASSABLE);
        } catch (IOException e) {
            throw new TestServerException("the directory " + created + " cannot be opened to the server", e);
        }
        return created;
    }

    /** Deletes a directory made by one of the methods above, and everything in it. */
    static void removeRegistered(Path created) {
        deleteTree(created);
        Reaper.instance().removeDirectory(created);
    }

    static void deleteTree(Path tree) {
        try {
            Files.walkFileTree(tree, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.deleteIfExists(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                    if (e instanceof NoSuchFileException) {
                        return FileVisitResult.CONTINUE;
                    }
                    throw e;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path directory, IOException e) throws IOException {
                    Files.deleteIfExists(directory);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new TestServerException("the directory " + tree + " cannot be removed (" + Diagnosis.of(e) + ")", e);
        }
    }

    private static Workspace open() {
        String chosen = System.getProperty(PROPERTY);
        Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
        int user = userNumber(temporary);
        Path directory;
        if (chosen != null) {
            directory = Path.of(chosen).toAbsolutePath();
        } else if (user == 0 && !isPassable(temporary)) {
            // The servers that refuse to run as root would not get through to it as another user.
            directory = Path.of("/tmp/perfkit-testkit-0");
        } else {
            directory = temporary.toAbsolutePath().resolve("perfkit-testkit-" + user);
        }
        createPassable(directory);
        if (!Integer.valueOf(user).equals(owner(directory))) {
            throw new TestServerException("the directory " + directory + " belongs to another user; remove it or choose"
                    + " another one with -D" + PROPERTY + "=...");
        }
        return new Workspace(directory, user);
    }

    private static int userNumber(Path temporary) {
        try {
            Path probe = Files.createTempFile(temporary, "perfkit-", ".probe");
            try {
                return owner(probe);
            } finally {
                Files.deleteIfExists(probe);
            }
        } catch (IOException e) {
            throw new TestServerException(
                    "the directory for temporary files, " + temporary + ", cannot be written (" + Diagnosis.of(e)
                            + "); choose another one with -Djava.io.tmpdir=...",
                    e);
        }
    }

    private static Integer owner(Path file) {
        try {
            return (Integer) Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | UnsupportedOperationException e) {
            throw new TestServerException(
                    "the owner of " + file + " cannot be found; the test kit needs Linux or macOS", e);
        }
    }

    private static boolean isPassable(Path directory) {
        try {
            for (Path each = directory.toRealPath(); each != null; each = each.getParent()) {
                if (!Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_EXECUTE)) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static Path createPassable(Path directory) {
        try {
            if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PASSABLE);
            }
            return directory;
        } catch (IOException e) {
            throw new TestServerException(
                    "the directory " + directory + " cannot be created (" + Diagnosis.of(e)
                            + "); choose another one with -D" + PROPERTY + "=...",
                    e);
        }
    }
}
