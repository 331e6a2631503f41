package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A disk that is really full; only root on Linux can make one. */
class FullDiskIT {
    private Path disk;

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            Commands.run("umount", disk.toString());
            Files.delete(disk);
        }
    }

    @Test
    void start_diskFillsUpDuringInitdb_saysSoInOneLineAndLeavesNothing() throws IOException {
        disk = Files.createTempDirectory(Path.of("/tmp"), "full-disk-");
        assumeTrue(
                Commands.run("mount", "-t", "tmpfs", "-o", "size=16m", "none", disk.toString())
                        .succeeded(),
                "a small disk cannot be mounted here");

        assertThatThrownBy(() -> PostgresServer.builder()
                        .dataDirectoryParent(disk)
                        .minimumFreeSpace(0)
                        .start())
                .isInstanceOf(TestServerException.class)
                .hasMessage("PostgreSQL cannot be started: no disk space left in " + disk
                        + "; free some or choose another directory for its data");
        assertThat(disk).isEmptyDirectory();

        assertThatThrownBy(
                        () -> PostgresServer.builder().dataDirectoryParent(disk).start())
                .hasMessageContaining(disk + " has 16 MiB of disk space left and 128 MiB are needed");
    }
}
