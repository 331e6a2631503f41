package io.perfkit.examples.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.examples.dashboard.shop.Trouble;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionsTest {

    @Test
    void parse_nothing_measuresAtScaleOneOnAnyPort() {
        Options options = Options.parse();

        assertThat(options)
                .isEqualTo(new Options(
                        false,
                        false,
                        false,
                        1,
                        null,
                        0,
                        Path.of("dashboard-report.html").toAbsolutePath(),
                        null));
    }

    @Test
    void parse_everything_isTaken() {
        Options options =
                Options.parse("--quick", "--scale", "3", "--port=8123", "--report", "r.html", "--data-dir=/tmp");

        assertThat(options.quick()).isTrue();
        assertThat(options.scale()).isEqualTo(3);
        assertThat(options.port()).isEqualTo(8_123);
        assertThat(options.report()).isEqualTo(Path.of("r.html").toAbsolutePath());
        assertThat(options.dataDirectory()).isEqualTo(Path.of("/tmp"));
    }

    @Test
    void parse_serve_hasAPortOfItsOwn() {
        assertThat(Options.parse("serve").port()).isEqualTo(8_080);
        assertThat(Options.parse("serve", "--port", "0").port()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"30s,PT30S", "10m,PT10M", "24h,PT24H", "2d,PT48H"})
    void parse_soak_readsDurations(String text, Duration expected) {
        assertThat(Options.parse("--soak", text).soak()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--sclae 2       | unknown argument '--sclae'",
                "measure         | unknown argument 'measure'",
                "-x              | unknown argument '-x'",
                "--quick=yes     | unknown argument '--quick=yes'",
                "--scale 0       | --scale must be a number from 1 to 50, but was '0'",
                "--scale two     | --scale must be a number from 1 to 50, but was 'two'",
                "--scale 51      | --scale must be a number from 1 to 50, but was '51'",
                "--port 65536    | --port must be a number from 0 to 65535, but was '65536'",
                "--port -1       | --port must be a number from 0 to 65535, but was '-1'",
                "--port 80a      | --port must be a number from 0 to 65535, but was '80a'",
                "--port          | --port needs a value",
                "--port --quick  | --port needs a value",
                "--soak 30       | --soak must be a duration such as 30s, 10m or 24h, but was '30'",
                "--soak 0s       | --soak must be a duration such as 30s, 10m or 24h, but was '0s'",
                "--soak 29s      | --soak must be from 30s to 30d, but was '29s'",
                "--soak 31d      | --soak must be from 30s to 30d, but was '31d'",
                "--quick --quick | --quick is given twice",
                "--scale=2 --scale 2 | --scale is given twice",
                "serve --soak 1h | serve and --soak exclude each other",
                "serve --quick   | --quick shortens a measurement; it does not go with serve or --soak"
            })
    void parse_nonsense_saysWhatInOneLine(String arguments, String message) {
        assertThatThrownBy(() -> Options.parse(arguments.trim().split(" ")))
                .isInstanceOfSatisfying(Trouble.class, trouble -> {
                    assertThat(trouble.getMessage()).isEqualTo(message.trim() + " (--help lists the options)");
                    assertThat(trouble.exitStatus()).isEqualTo(2);
                });
    }

    @Test
    void usage_namesEveryOption() {
        assertThat(Options.USAGE)
                .contains("serve", "--quick", "--scale", "--soak", "--port", "--report", "--data-dir", "--help");
    }
}
