package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class DiagnosisTest {
    @Test
    void of_fileExceptionWithReason_isTheReason() {
        assertThat(Diagnosis.of(new FileSystemException("/a/b", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
    }

    @Test
    void of_fileExceptionWithoutReason_isItsNameInWords() {
        assertThat(Diagnosis.of(new NoSuchFileException("/a/b"))).isEqualTo("no such file");
    }

    @Test
    void of_otherException_isItsMessage() {
        assertThat(Diagnosis.of(new IOException("broken pipe"))).isEqualTo("broken pipe");
    }

    @Test
    void lastWords_manyLines_areTheLastFiveInOne() {
        assertThat(Diagnosis.lastWords("1\n2\n\n 3 \n4\n5\n6\n")).isEqualTo("its last words: 2 | 3 | 4 | 5 | 6");
    }

    @Test
    void lastWords_nothing_saysSo() {
        assertThat(Diagnosis.lastWords("\n \n")).isEqualTo("it wrote nothing");
    }

    @Test
    void read_noFile_isEmpty() {
        assertThat(Diagnosis.read(Path.of("/nonexistent/log"))).isEmpty();
    }
}
