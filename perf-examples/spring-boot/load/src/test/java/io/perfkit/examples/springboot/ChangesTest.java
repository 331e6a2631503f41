package io.perfkit.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ChangesTest {

    @Test
    void lines_ofADifference_areCountedWithoutItsHeads() {
        Changes changes = new Changes(List.of("--- a", "+++ b", "@@ -1 +1,2 @@", "-one", "+two", "+three", " four"));
        assertThat(changes.added()).isEqualTo(2);
        assertThat(changes.removed()).isEqualTo(1);
    }

    @Test
    void difference_ofTheTwoClinics_isTheRepair() {
        Changes changes = Changes.of(Path.of("..").toAbsolutePath().normalize());
        assertThat(changes.lines()).contains("+      <artifactId>perf-spring-boot-starter</artifactId>");
        assertThat(changes.added()).isGreaterThan(changes.removed());
    }
}
