package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WaitForGraphTest {

    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final Flight<String> mine = new Flight<>("region", "mine", 0, 0);
    private final Flight<String> theirs = new Flight<>("region", "theirs", 0, 0);

    @AfterEach
    void stop() {
        other.shutdownNow();
        WaitForGraph.stopWaiting(null);
    }

    /** The other thread runs one load, and waits for another. */
    private void otherRunsAndWaitsFor(Flight<String> led, Flight<String> awaited) {
        CompletableFuture.runAsync(
                        () -> {
                            led.ledHere();
                            WaitForGraph.startWaiting(awaited);
                        },
                        other)
                .join();
    }

    @Test
    void startWaiting_forOneWhoWaitsForMe_throws() {
        mine.ledHere();
        otherRunsAndWaitsFor(theirs, mine);
        assertThatThrownBy(() -> WaitForGraph.startWaiting(theirs))
                .isInstanceOf(RecursiveLoadException.class)
                .hasMessageContaining("'mine'")
                .hasMessageContaining("'theirs'");
    }

    /** Between the end of a load and the waking of those who wait for it, they only seem to wait for its thread. */
    @Test
    void startWaiting_forOneWhoseWaitIsOver_butWhoHasNotWokenYet_isNoCircle() {
        Flight<String> outer = new Flight<>("region", "outer", 0, 0);
        outer.ledHere();
        mine.ledHere();
        otherRunsAndWaitsFor(theirs, mine);
        mine.abandon();
        assertThatCode(() -> WaitForGraph.startWaiting(theirs)).doesNotThrowAnyException();
    }

    @Test
    void startWaiting_forMyOwn_throws() {
        mine.ledHere();
        assertThatThrownBy(() -> WaitForGraph.startWaiting(mine)).isInstanceOf(RecursiveLoadException.class);
    }

    @Test
    void startWaiting_afterARefusedWait_isAsIfThatHadNotBeen() {
        mine.ledHere();
        assertThatThrownBy(() -> WaitForGraph.startWaiting(mine)).isInstanceOf(RecursiveLoadException.class);
        CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> WaitForGraph.startWaiting(mine), other);
        assertThatCode(waits::join).doesNotThrowAnyException();
    }

    /** As a thread of a fork-join pool does that runs another task while it waits. */
    @Test
    void stopWaiting_ofAWaitWithinAWait_goesOnWithTheOuterOne() {
        Flight<String> inner = new Flight<>("region", "inner", 0, 0);
        mine.ledHere();
        CompletableFuture.runAsync(
                        () -> {
                            theirs.ledHere();
                            WaitForGraph.startWaiting(mine);
                            WaitForGraph.stopWaiting(WaitForGraph.startWaiting(inner));
                        },
                        other)
                .join();
        assertThatThrownBy(() -> WaitForGraph.startWaiting(theirs)).isInstanceOf(RecursiveLoadException.class);
    }
}
