package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PendingPlacesTest {
    private static final int PLACES = 10;

    private final PendingQueue<Integer, String> queue =
            new PendingQueue<>(new Outcomes<>("places", Missing.FAIL, null), new Counters(), PLACES);

    private Thread waiting() {
        for (int i = 0; i < PLACES; i++) {
            assertThat(queue.tryReserve()).isTrue();
        }
        Thread waiting = new Thread(() -> {
            try {
                queue.reserve(Long.MAX_VALUE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.start();
        await().until(() -> waiting.getState() == Thread.State.WAITING);
        return waiting;
    }

    @Test
    void tryReserve_ofTheOnlyPlace_leavesItToTheOneWhoWaits() throws Exception {
        Thread waiting = waiting();
        assertThat(queue.tryReserve()).isFalse();
        queue.unreserve();
        assertThat(queue.tryReserve()).isFalse();
        waiting.join();
    }

    /** Whoever came while others were woken used to queue up behind them: a change of threads for every call. */
    @Test
    void tryReserve_ofMorePlacesThanAreWaitedFor_doesNotWait() throws Exception {
        Thread waiting = waiting();
        for (int i = 0; i < PLACES; i++) {
            queue.unreserve();
        }
        for (int i = 0; i < PLACES - 2; i++) {
            assertThat(queue.tryReserve()).isTrue();
        }
        waiting.join();
        assertThat(queue.tryReserve()).isTrue();
        assertThat(queue.tryReserve()).isFalse();
    }
}
