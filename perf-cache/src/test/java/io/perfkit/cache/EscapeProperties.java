package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** In a pattern, text stays text. */
class EscapeProperties {

    @Provide
    Arbitrary<String> globText() {
        return Arbitraries.strings().withChars("ab*?[]^-\\é").ofMaxLength(6);
    }

    @Property(tries = 5_000)
    void pattern_withArguments_matchesTheirTextAndNothingElse(
            @ForAll("globText") String argument, @ForAll("globText") String other) {
        Glob pattern = Glob.of("cat:" + CacheRegion.escape(argument) + ":*");
        assertThat(pattern.matches("cat:" + argument + ":1")).isTrue();
        assertThat(pattern.matches("cat:" + other + ":1"))
                .isEqualTo(("cat:" + other + ":1").startsWith("cat:" + argument + ":"));
        assertThat(Glob.of(CacheRegion.escape(argument)).plainKey()).isEqualTo(argument);
    }

    /** A set of the pattern takes an argument's characters one by one, whatever they are. */
    @Property(tries = 5_000)
    void pattern_argumentInsideASet_isItsCharacters(
            @ForAll("globText") String argument, @ForAll("globText") String keys) {
        Glob pattern = Glob.of("[" + CacheRegion.escape(argument) + "]");
        for (char key : keys.toCharArray()) {
            if (key < 128) {
                assertThat(pattern.matches(String.valueOf(key)))
                        .as("%s in [%s]", key, argument)
                        .isEqualTo(argument.indexOf(key) >= 0);
            }
        }
    }
}
