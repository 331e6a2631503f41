package io.perfkit.batching.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.perfkit.batching.jobs.db.DatabaseJobQueue;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that no queue can reckon with are refused where they are set, and not found by a worker later. */
class JobSettingsTest {
    private static final Duration ENDLESS = Duration.ofSeconds(Long.MAX_VALUE);

    private static Stream<Consumer<Duration>> durations() {
        InMemoryJobQueue.Builder memory = JobQueue.inMemory("reports");
        DatabaseJobQueue.Builder database = DatabaseJobQueue.on(new JdbcDataSource(), "reports");
        return Stream.of(
                memory::retention,
                memory::keyWindow,
                memory::maximumRunTime,
                memory::cancelGrace,
                database::pollingInterval,
                database::heartbeat,
                database::retention,
                database::failedRetention,
                database::keyWindow,
                database::unknownTypeAfter,
                database::maximumRunTime,
                database::cancelGrace,
                Backoff::fixed,
                Backoff::exponential,
                maximum -> Backoff.exponential(Duration.ofSeconds(1), maximum));
    }

    @ParameterizedTest
    @MethodSource("durations")
    void duration_beyondACentury_isRefused(Consumer<Duration> setting) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> setting.accept(ENDLESS))
                .withMessageContaining("must be at most 36500 days");
        assertThatIllegalArgumentException().isThrownBy(() -> setting.accept(Duration.ofSeconds(-1)));
        setting.accept(Duration.ofDays(36_500));
    }

    @Test
    void interval_belowAMillisecond_isRefused() {
        DatabaseJobQueue.Builder builder = DatabaseJobQueue.on(new JdbcDataSource(), "reports");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> builder.heartbeat(Duration.ofNanos(1)))
                .withMessage("heartbeat must be at least a millisecond, but was PT0.000000001S");
        assertThatIllegalArgumentException().isThrownBy(() -> builder.pollingInterval(Duration.ofNanos(999_999)));
    }

    @Test
    void backoff_thatGrowsBeyondAllBounds_endsAtItsMaximum() {
        Backoff backoff = new Backoff(Duration.ofDays(1), 1_000, Duration.ofDays(36_500), 0);
        assertThat(backoff.after(1_000_000, new SplittableRandom(1))).isEqualTo(Duration.ofDays(36_500));
    }

    @Test
    void key_withHalfASurrogatePair_isRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> JobOptions.defaults().key("a\uD800"))
                .withMessageContaining("half a surrogate pair");
        assertThat(JobOptions.defaults().key("a\uD83D\uDE00").key()).isEqualTo("a\uD83D\uDE00");
    }

    /** An id comes from a URL: what no database takes, or what one database takes for another id, is no id. */
    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\0b", "a ", "\uD800", "\u00e4", "a\nb"})
    void id_thatNoJobCanHave_isRefused(String value) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new JobId(value))
                .withMessageContaining("value must have 1 to 64 visible characters of ASCII");
        assertThat(new JobId("report:2026-11_~").value()).isEqualTo("report:2026-11_~");
    }
}
