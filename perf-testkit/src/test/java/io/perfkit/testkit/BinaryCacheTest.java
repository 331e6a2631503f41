package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BinaryCacheTest {
    private final String name = "cache-test-" + Long.toString(System.nanoTime(), 36);
    private final AtomicInteger unpacked = new AtomicInteger();

    private final BinaryCache.Archive archive = new BinaryCache.Archive() {
        @Override
        public String name() {
            return name;
        }

        @Override
        public void unpack(Path directory) throws IOException {
            unpacked.incrementAndGet();
            Files.createDirectory(directory.resolve("bin"));
            Files.writeString(directory.resolve("bin/one"), "1");
            Files.writeString(directory.resolve("bin/two"), "2");
        }
    };

    @AfterEach
    void removeRemains() throws IOException {
        Path binaries = Workspace.instance().binaries();
        Workspace.deleteTree(binaries.resolve(name));
        Workspace.deleteTree(binaries.resolve(name + ".unfinished"));
        Files.deleteIfExists(binaries.resolve(name + ".lock"));
    }

    @Test
    void unpacked_twice_unpacksOnce() {
        Path first = BinaryCache.unpacked(archive);

        assertThat(BinaryCache.unpacked(archive)).isEqualTo(first);
        assertThat(unpacked).hasValue(1);
        assertThat(first.resolve("bin/one")).hasContent("1");
    }

    @Test
    void unpacked_fileSweptAway_unpacksAgain() throws IOException {
        Files.delete(BinaryCache.unpacked(archive).resolve("bin/one"));

        assertThat(BinaryCache.unpacked(archive).resolve("bin/one")).hasContent("1");
        assertThat(unpacked).hasValue(2);
    }

    @Test
    void unpacked_afterAnInterruptedAttempt_startsOver() throws IOException {
        Path remains = Workspace.instance().binaries().resolve(name + ".unfinished/bin");
        Files.createDirectories(remains);
        Files.writeString(remains.resolve("half"), "?");

        Path directory = BinaryCache.unpacked(archive);

        assertThat(directory.resolve("bin/half")).doesNotExist();
        assertThat(directory.resolve("bin/two")).hasContent("2");
    }

    @Test
    void unpacked_failure_leavesNothingUnderTheFinalName() {
        BinaryCache.Archive failing = new BinaryCache.Archive() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void unpack(Path directory) throws IOException {
                Files.writeString(directory.resolve("half"), "?");
                throw new IOException("No space left on device");
            }
        };

        assertThatThrownBy(() -> BinaryCache.unpacked(failing))
                .isInstanceOf(TestServerException.class)
                .hasMessageContaining("cannot be unpacked to")
                .hasMessageContaining("No space left on device")
                .hasMessageContaining("-Dperfkit.testkit.directory=");
        assertThat(Workspace.instance().binaries().resolve(name)).doesNotExist();
        assertThat(BinaryCache.unpacked(archive).resolve("bin/one")).hasContent("1");
    }
}
