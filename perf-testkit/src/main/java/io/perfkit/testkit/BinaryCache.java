package io.perfkit.testkit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * Server programs, unpacked once per user and kept from run to run.
 *
 * <p>JVMs that start at the same time take turns by a lock on a file beside the directory. It is unpacked under
 * another name and renamed when complete, so a directory under its final name was complete once. It may not be any
 * more, because systems sweep old files out of temporary directories; so the files are counted at each use.
 */
final class BinaryCache {
    private static final String MARKER = ".complete";

    private BinaryCache() {}

    /** Something to unpack. */
    interface Archive {
        /** A name that is different for each version and content. */
        String name() throws IOException;

        void unpack(Path directory) throws IOException;
    }

    static synchronized Path unpacked(Archive archive) {
        Path binaries = Workspace.instance().binaries();
        try {
            return unpacked(archive, binaries);
        } catch (IOException e) {
            throw new TestServerException(
                    "a server binary cannot be unpacked to " + binaries + " (" + Diagnosis.of(e)
                            + "); make room there or choose another directory with -D" + Workspace.PROPERTY + "=...",
                    e);
        }
    }

    private static Path unpacked(Archive archive, Path binaries) throws IOException {
        String name = archive.name();
        Path directory = binaries.resolve(name);
        try (FileChannel channel = FileChannel.open(
                        binaries.resolve(name + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = lock(channel)) {
            if (lock.isValid() && !isComplete(directory)) {
                removeRemains(binaries, name);
                Path unfinished = Files.createDirectory(binaries.resolve(name + ".unfinished"));
                archive.unpack(unfinished);
                Files.writeString(unfinished.resolve(MARKER), Long.toString(count(unfinished)));
                Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
            }
        }
        return directory;
    }

    private static FileLock lock(FileChannel channel) throws IOException {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException heldByAnotherClassLoader) {
                ServerProcess.pauseBriefly();
            }
        }
    }

    private static boolean isComplete(Path directory) throws IOException {
        Path marker = directory.resolve(MARKER);
        return Files.exists(marker) && Files.readString(marker).equals(Long.toString(count(directory)));
    }

    private static long count(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> !file.endsWith(MARKER)).count();
        }
    }

    private static void removeRemains(Path binaries, String name) {
        for (String remains : List.of(name, name + ".unfinished")) {
            Workspace.deleteTree(binaries.resolve(remains));
        }
    }
}
