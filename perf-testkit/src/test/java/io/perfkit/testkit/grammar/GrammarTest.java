package io.perfkit.testkit.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.testkit.grammar.sample.broken.Bounded;
import io.perfkit.testkit.grammar.sample.broken.ClassListener;
import io.perfkit.testkit.grammar.sample.broken.OneException;
import io.perfkit.testkit.grammar.sample.broken.OtherException;
import io.perfkit.testkit.grammar.sample.broken.Pipe;
import io.perfkit.testkit.grammar.sample.broken.PipeSnapshot;
import io.perfkit.testkit.grammar.sample.broken.PipeStats;
import io.perfkit.testkit.grammar.sample.broken.Shown;
import io.perfkit.testkit.grammar.sample.broken.Valve;
import io.perfkit.testkit.grammar.sample.broken.ValveBuilder;
import io.perfkit.testkit.grammar.sample.broken.ValveListener;
import io.perfkit.testkit.grammar.sample.sound.Pump;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule finds a type that breaks it, and none finds anything in types that follow them all. */
class GrammarTest {
    private static Grammar sound() {
        return Grammar.of(Pump.class)
                .sample(Pump.Builder.class, Pump::builder)
                .sample(Pump.class, () -> Pump.builder().build());
    }

    private static List<String> found(Class<?>... types) {
        return Grammar.of(Valve.class)
                .sample(Valve.Builder.class, Valve.Builder::new)
                .sample(Pipe.class, Pipe::new)
                .violations(List.of(types))
                .stream()
                .map(violation -> "[" + violation.rule() + "] " + violation.subject())
                .toList();
    }

    @Test
    void soundTypes_followEveryRule() {
        sound().contradiction(
                        "restPressure",
                        "maximumPressure",
                        () -> Pump.builder().maximumPressure(1).restPressure(2).build())
                .check();
    }

    @Test
    void builder_atTheTop_orBuildingSomethingElse_orWithAConstructor() {
        assertThat(found(ValveBuilder.class)).contains("[builder] ValveBuilder");
        assertThat(messages(Valve.Builder.class))
                .contains(
                        "must have a build() that returns Valve",
                        "must be had from Valve.builder(…)",
                        "must have no public constructor");
    }

    @Test
    void setter_thatLosesItsSettingOrTakesAnything() {
        assertThat(found(Valve.Builder.class))
                .contains(
                        "[setter] Valve.Builder#lost",
                        "[setter] Valve.Builder#width",
                        "[setter] Valve.Builder#careless",
                        "[setter] Valve.Builder#silent",
                        "[setter] Valve.Builder#wrongType",
                        "[setter] Valve.Builder#name",
                        "[thrown] Valve.Builder#wrongType",
                        "[thrown] Valve.Builder#build");
        assertThat(messages(Valve.Builder.class))
                .contains(
                        "must return the builder it was called on: a result that is not kept is lost",
                        "must return the builder, but returns void",
                        "must reject -7 at once",
                        "must name itself and the value PT-7S, but said: no",
                        "must reject null at once");
    }

    @Test
    void setter_withoutASample_isNotPassedOver() {
        assertThat(Grammar.of(Valve.class).violations(List.of(Valve.Builder.class)))
                .extracting(Violation::message)
                .contains("cannot be tried: give sample(Valve.Builder.class, …)");
    }

    @Test
    void name_ofBoundClockAndFigures() {
        assertThat(found(Valve.Builder.class)).contains("[name] Valve.Builder#maxFlow");
        assertThat(found(Bounded.class)).containsExactly("[name] Bounded#maxQueries");
        assertThat(messages(Valve.Builder.class))
                .contains("a source of nanoseconds is called ticker", "a ticker is a LongSupplier of nanoseconds");
        assertThat(found(PipeSnapshot.class)).containsExactly("[name] PipeSnapshot");
        assertThat(found(PipeStats.class)).containsExactly("[name] PipeStats");
        assertThat(found(Pipe.class)).contains("[name] Pipe#snapshot", "[name] Pipe#stats", "[name] Pipe#drain");
    }

    @Test
    void close_thatThrowsTheSecondTime_orReportsNothing() {
        assertThat(messages(Pipe.class))
                .contains(
                        "must not throw IOException",
                        "close(Duration) must return a record named XReport",
                        "must reject a negative time",
                        "close() must do nothing when called again, but threw java.io.IOException: closed already");
    }

    @Test
    void value_thatAnswersAChangedCopyOfItself() {
        assertThat(found(Pipe.class)).contains("[wither] Pipe#width");
    }

    @Test
    void listener_thatMustBeImplementedWhole_orIsAFunction_orTheOnlyOne() {
        assertThat(found(ValveListener.class)).containsExactly("[listener] ValveListener#onOpen");
        assertThat(found(ClassListener.class)).containsExactly("[listener] ClassListener");
        assertThat(found(Valve.Builder.class))
                .contains(
                        "[listener] Valve.Builder#onShut",
                        "[listener] Valve.Builder#watcher",
                        "[listener] Valve.Builder#listener");
    }

    @Test
    void exposed_typesThatAreNotPublic() {
        assertThat(found(Shown.class)).containsExactly("[exposed] Shown", "[exposed] Shown#hidden");
    }

    @Test
    void exceptions_withTwoRoots() {
        assertThat(found(OneException.class, OtherException.class))
                .containsExactly("[exception] OneException", "[exception] OtherException");
    }

    @Test
    void contradiction_thatIsBuilt_orToldOtherwise() {
        assertThat(sound().contradiction("a", "b", () -> "built").violations(List.of()))
                .extracting(Violation::message)
                .containsExactly("must fail in build(), but built built");
        assertThat(sound().contradiction("a", "b", () -> {
                            throw new IllegalArgumentException("a and b");
                        })
                        .violations(List.of()))
                .extracting(Violation::message)
                .containsExactly(
                        "must be an IllegalStateException, but was java.lang.IllegalArgumentException: a and b");
        assertThat(sound().contradiction("first", "second", () -> {
                            throw new IllegalStateException("first is too large");
                        })
                        .violations(List.of()))
                .extracting(Violation::message)
                .containsExactly("must be told by naming both, but was told as: first is too large");
    }

    @Test
    void exception_namesOnePlace_andFailsWhenItIsNotNeeded() {
        Grammar permitted = Grammar.of(Valve.class)
                .except("name", "Bounded#maxQueries", "a test of exceptions")
                .except("name", "Bounded#other", "a test of exceptions");
        assertThat(permitted.violations(List.of(Bounded.class)))
                .extracting(Violation::subject)
                .containsExactly("[name] Bounded#other");
    }

    @Test
    void check_listsEachViolation() {
        assertThatThrownBy(() -> Grammar.of(Valve.class).check())
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("[builder] ValveBuilder: must be")
                .hasMessageContaining("[close] Pipe: cannot be tried: give sample(Pipe.class, …)")
                .hasMessageContaining("[exposed] Shown: Hidden is not public");
    }

    private static List<String> messages(Class<?> type) {
        return Grammar.of(Valve.class)
                .sample(Valve.Builder.class, Valve.Builder::new)
                .sample(Pipe.class, Pipe::new)
                .violations(List.of(type))
                .stream()
                .map(Violation::message)
                .toList();
    }
}
