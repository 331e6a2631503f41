package io.perfkit.cache;

import java.lang.reflect.Method;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Test;

/** Readers without a lock, beside writers and forgetting: they see the answers of one moment. */
class TombstonesLincheckTest {

    /** Multiplies the number of scenarios, for a long search: {@code -Dlincheck.effort=20}. */
    private static final int EFFORT = Integer.getInteger("lincheck.effort", 1);

    private static final String[] PATTERNS = {"a*", "ab*", "*b", "a*c"};
    private static final String[] KEYS = {"ab", "abc", "b"};

    /** The calls. */
    @Param(name = "pattern", gen = IntGen.class, conf = "0:3")
    @Param(name = "key", gen = IntGen.class, conf = "0:2")
    @Param(name = "since", gen = IntGen.class, conf = "0:4")
    public static class Calls {

        private final Tombstones tombstones = new Tombstones(2, 0);

        @Operation
        public long add(@Param(name = "pattern") int pattern) {
            return tombstones.add(Glob.of(PATTERNS[pattern]));
        }

        @Operation
        public long addDue(@Param(name = "pattern") int pattern) {
            return tombstones.addDue(Glob.of(PATTERNS[pattern]));
        }

        @Operation
        public long addTag() {
            return tombstones.addTag("t");
        }

        @Operation
        public long clear() {
            return tombstones.clear();
        }

        @Operation
        public void forgetUpTo(@Param(name = "since") int epoch) {
            tombstones.forgetUpTo(epoch);
        }

        @Operation
        public boolean kills(@Param(name = "key") int key, @Param(name = "since") int since) {
            return tombstones.kills(KEYS[key], List.of("t"), since);
        }

        @Operation
        public boolean killsLoad(@Param(name = "key") int key, @Param(name = "since") int since) {
            return tombstones.killsLoad(KEYS[key], since);
        }

        @Operation
        public boolean makesDue(@Param(name = "key") int key, @Param(name = "since") int since) {
            return tombstones.makesDue(KEYS[key], since);
        }
    }

    /** The same on the plain list. */
    public static class Sequential {

        private final TombstonesModel model = new TombstonesModel(2, 0);

        public long add(int pattern) {
            long epoch = model.epoch() + 1;
            model.add(PATTERNS[pattern], epoch);
            return epoch;
        }

        public long addDue(int pattern) {
            long epoch = model.epoch() + 1;
            model.addDue(PATTERNS[pattern], epoch);
            return epoch;
        }

        public long addTag() {
            long epoch = model.epoch() + 1;
            model.addTag("t", epoch);
            return epoch;
        }

        public long clear() {
            long epoch = model.epoch() + 1;
            model.clear(epoch);
            return epoch;
        }

        public void forgetUpTo(int epoch) {
            model.forgetUpTo(epoch);
        }

        public boolean kills(int key, int since) {
            return model.kills(KEYS[key], List.of("t"), since);
        }

        public boolean killsLoad(int key, int since) {
            return model.killsLoad(KEYS[key], since);
        }

        public boolean makesDue(int key, int since) {
            return model.makesDue(KEYS[key], since);
        }
    }

    /**
     * The races that the class is written against, put to Lincheck as such: a reader that asks the floor and then the
     * tombstones would miss what is forgotten in between; two writers without the lock would issue one epoch twice.
     */
    @Test
    void knownRaces_modelChecked_areLinearizable() {
        ModelCheckingOptions options = new ModelCheckingOptions()
                .sequentialSpecification(Sequential.class)
                .iterations(0)
                .invocationsPerIteration(200);
        options.addCustomScenario(new ExecutionScenario(
                List.of(call("add", 0)),
                List.of(List.of(call("kills", 0, 0)), List.of(call("forgetUpTo", 1))),
                List.of(),
                null));
        options.addCustomScenario(new ExecutionScenario(
                List.of(), List.of(List.of(call("add", 0)), List.of(call("add", 2))), List.of(), null));
        options.check(Calls.class);
    }

    private static Actor call(String name, Object... arguments) {
        for (Method method : Calls.class.getMethods()) {
            if (method.getName().equals(name)) {
                return new Actor(method, List.of(arguments));
            }
        }
        throw new IllegalArgumentException(name);
    }

    @Test
    void calls_modelChecked_areLinearizable() {
        new ModelCheckingOptions()
                .sequentialSpecification(Sequential.class)
                .iterations(2 * EFFORT)
                .invocationsPerIteration(100)
                .threads(2)
                .actorsPerThread(3)
                .actorsBefore(2)
                .actorsAfter(1)
                .minimizeFailedScenario(false)
                .check(Calls.class);
    }

    @Test
    void calls_stressed_areLinearizable() {
        new StressOptions()
                .sequentialSpecification(Sequential.class)
                .iterations(2 * EFFORT)
                .invocationsPerIteration(600)
                .threads(3)
                .actorsPerThread(3)
                .actorsBefore(2)
                .check(Calls.class);
    }
}
