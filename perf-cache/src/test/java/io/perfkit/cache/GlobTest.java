package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Examples; that the meaning is exactly Redis's is shown against a server in {@code GlobIT}. */
class GlobTest {

    @ParameterizedTest
    @CsvSource({
        "42:*, 42:profile, true",
        "42:*, 421:profile, false",
        "*:profile, 42:profile, true",
        "a*b*c, a--b--b-c, true",
        "a*b*c, a--c--b, false",
        "h?llo, hello, true",
        "h?llo, hllo, false",
        "h[ae]llo, hallo, true",
        "h[^e]llo, hello, false",
        "h[a-b]llo, hbllo, true",
        "h[b-a]llo, hbllo, true",
        "h\\?llo, h?llo, true",
        "h\\?llo, hello, false",
        "?, é, false",
        "??, é, true",
        "é*, éa, true",
        "[abc, b, true",
        "a\\, a\\, true"
    })
    void matches_examples(String pattern, String key, boolean matches) {
        assertThat(Glob.of(pattern).matches(key)).isEqualTo(matches);
    }

    @Test
    void matches_emptyKey_byTheEmptyPatternAndALoneStarOnly() {
        assertThat(Glob.of("").matches("")).isTrue();
        assertThat(Glob.of("*").matches("")).isTrue();
        assertThat(Glob.of("?").matches("")).isFalse();
    }

    @Test
    void matches_rangeOfBytesThatMayBeNegative_matchesWhatEitherReadingDoes() {
        assertThat(Glob.of("[a-é]").matches("b")).isTrue();
        assertThat(Glob.of("[a-é]").matches("A")).isTrue();
        assertThat(Glob.of("[^a-é]").matches("b")).isTrue();
        assertThat(Glob.of("[^a-é]").matches("a")).isFalse();
    }

    @Test
    void matches_manyStars_takesNoExponentialTime() {
        assertThat(Glob.of("*a".repeat(200) + "b").matches("a".repeat(1_000))).isFalse();
    }

    @Test
    void plainKey_onlyWhereThePatternIsOne() {
        assertThat(Glob.of("a\\*é").plainKey()).isEqualTo("a*é");
        assertThat(Glob.of("a*").plainKey()).isNull();
        assertThat(Glob.of("[a]").plainKey()).isNull();
    }
}
