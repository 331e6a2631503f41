package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;

class SqlFingerprintProperties {

    @Property(tries = 2_000)
    void of_anyText_endsWithinItsBound(@ForAll("sqlish") String text) {
        assertThat(SqlFingerprint.of(text)).hasSizeLessThanOrEqualTo(SqlFingerprint.LONGEST);
    }

    @Property(tries = 500)
    void of_literals_neverShow(@ForAll @NumericChars @StringLength(min = 4, max = 8) String secret) {
        String sql = "select a from t where b = '" + secret + "' and c in (" + secret + ", '" + secret + "') -- "
                + secret + "\n and d = $q$" + secret + "$q$";
        assertThat(SqlFingerprint.of(sql)).doesNotContain(secret);
    }

    @Property(tries = 500)
    void of_listsOfAnyLength_areTheSame(
            @ForAll @Size(min = 1, max = 50) List<@IntRange(min = -1000, max = 1000) Integer> values) {
        String list = String.join(", ", values.stream().map(String::valueOf).toList());
        assertThat(SqlFingerprint.of("select a from t where b in (" + list + ")"))
                .isEqualTo("select a from t where b in (?)");
    }

    @Provide
    Arbitrary<String> sqlish() {
        return Arbitraries.of(
                        "'",
                        "''",
                        "\\",
                        "\"",
                        "`",
                        "$",
                        "$a$",
                        "--",
                        "/*",
                        "*/",
                        "\n",
                        " ",
                        "(",
                        ")",
                        ",",
                        "?",
                        "1",
                        "-",
                        ".",
                        "e",
                        "x",
                        "select",
                        ";",
                        "é",
                        "\uD83D\uDE00")
                .list()
                .ofMaxSize(40)
                .map(parts -> String.join("", parts));
    }
}
