package io.perfkit.connections;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Test;

/**
 * The registry's accounting under all interleavings: it behaves as if one call ran after the other. So no limit is
 * exceeded or reported too early, each connection leaves once, and an owner is known only while it has some.
 */
@Param(name = "owner", gen = IntGen.class, conf = "1:2")
@Param(name = "thread", gen = ThreadIdGen.class)
public class LedgerLincheckTest {
    private static final int THREADS = 5;

    private final Ledger<Integer, String> ledger = new Ledger<>("lincheck", 3, 2, WhenFull.REJECT, 10, 0);

    /** What each thread has registered. */
    private final List<Deque<Entry<Integer, String>>> own = Stream.generate(
                    () -> (Deque<Entry<Integer, String>>) new ArrayDeque<Entry<Integer, String>>())
            .limit(THREADS)
            .toList();

    @Operation
    public String register(@Param(name = "owner") int owner, @Param(name = "thread") int thread) {
        try {
            own.get(thread).add(ledger.admit(null, owner, "c").entry());
            return "in";
        } catch (ConnectionLimitException e) {
            return e.limit().name();
        }
    }

    @Operation
    public boolean close(@Param(name = "thread") int thread) {
        Entry<Integer, String> entry = own.get(thread).poll();
        return entry != null && ledger.remove(entry, CloseReason.CLIENT);
    }

    /** Ends the tick, and takes out one that was registered before. */
    @Operation
    public int expire() {
        ledger.tick(0);
        return ledger.takeIdle(10, 1).size();
    }

    @Operation
    public Map<Integer, Integer> owners() {
        return new TreeMap<>(ledger.stats(0, 0, 0, 0).connectionsByOwner());
    }

    @Test
    void registerCloseExpire_underModelChecking_areLinearizable() {
        new ModelCheckingOptions()
                .iterations(5)
                .invocationsPerIteration(150)
                .threads(2)
                .actorsPerThread(2)
                .actorsBefore(2)
                .actorsAfter(1)
                .check(LedgerLincheckTest.class);
    }
}
