package io.perfkit.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class CompareTest {

    @Test
    void parse_anArea_measuresItInFull() {
        Compare.Request request = Compare.Request.parse("target", "cache");

        assertThat(request.areas()).containsExactly(Area.CACHE);
        assertThat(request.effort()).isEqualTo(Effort.FULL);
        assertThat(request.results()).isEqualTo(Path.of("target"));
    }

    @Test
    void parse_all_measuresEveryArea() {
        assertThat(Compare.Request.parse("target", "all").areas()).containsExactly(Area.values());
    }

    @Test
    void parse_quickOnEitherSideOfTheArea_measuresBriefly() {
        assertThat(Compare.Request.parse("target", "--quick", "cache").effort()).isEqualTo(Effort.QUICK);
        assertThat(Compare.Request.parse("target", "cache", "--quick").effort()).isEqualTo(Effort.QUICK);
    }

    @Test
    void parse_anUnknownArea_namesItAndTheOnesThatExist() {
        assertThatThrownBy(() -> Compare.Request.parse("target", "caches"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no area or option caches; usage: compare "
                        + "cache|pagination|batching|monitoring|connections|all [--quick] [--only=REGEX]");
    }

    @Test
    void parse_noAreaOrTwo_isRefused() {
        assertThatThrownBy(() -> Compare.Request.parse("target")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Compare.Request.parse("target", "--quick"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Compare.Request.parse("target", "cache", "batching"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void parse_only_measuresAndPrintsTheLinesThatMatch() {
        Compare.Request request = Compare.Request.parse("target", "cache", "--only=local_hit\\.[12]t");

        assertThat(request.asksFor("cache.local_hit.2t")).isTrue();
        assertThat(request.asksFor("cache.shared_hit.1t")).isFalse();
        assertThat(request.bounds(Bounds.all()))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.name()).startsWith("cache.local_hit."));
    }

    @Test
    void parse_onlyThatIsNoRegularExpression_isRefused() {
        assertThatThrownBy(() -> Compare.Request.parse("target", "cache", "--only=("))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--only=( is no regular expression");
    }
}
