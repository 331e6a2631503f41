package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class RoundsTest {

    private final List<String> sent = new ArrayList<>();
    private final List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    private final List<Integer> left = new ArrayList<>();

    private CompletableFuture<Void> send(int size) {
        return Rounds.send(
                size,
                10,
                (from, to) -> {
                    sent.add(from + "-" + to);
                    answers.add(new CompletableFuture<>());
                    return answers.get(answers.size() - 1);
                },
                left::add);
    }

    @Test
    void send_theNextRound_whenTheOneBeforeWasAnswered() {
        CompletableFuture<Void> done = send(25);
        assertThat(sent).containsExactly("0-10");
        answers.get(0).complete(true);
        assertThat(sent).containsExactly("0-10", "10-20");
        answers.get(1).complete(true);
        assertThat(sent).containsExactly("0-10", "10-20", "20-25");
        assertThat(done).isNotDone();
        answers.get(2).complete(true);
        assertThat(done).isCompleted();
        assertThat(left).isEmpty();
    }

    @Test
    void send_nothingMoreIsLetThrough_leavesTheRest() {
        CompletableFuture<Void> done = send(25);
        answers.get(0).complete(false);
        assertThat(sent).containsExactly("0-10");
        assertThat(left).containsExactly(10);
        assertThat(done).isCompleted();
    }

    @Test
    void send_aRoundThatBreaks_isLeftToo() {
        send(25);
        answers.get(0).complete(true);
        answers.get(1).completeExceptionally(new IllegalStateException("no"));
        assertThat(left).containsExactly(10);
    }

    @Test
    void send_anErrorInSending_isThrownAndNothingIsForgotten() {
        assertThatThrownBy(() -> Rounds.send(
                        25,
                        10,
                        (from, to) -> {
                            throw new OutOfMemoryError("no memory for a buffer");
                        },
                        left::add))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(left).containsExactly(0);
    }

    @Test
    void send_anErrorInALaterRound_leavesTheRestOnTheThreadThatAnswered() {
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        CompletableFuture<Void> done = Rounds.send(
                25,
                10,
                (from, to) -> {
                    if (from > 0) {
                        throw new OutOfMemoryError("no memory for a buffer");
                    }
                    return first;
                },
                left::add);
        first.complete(true);
        assertThat(left).containsExactly(10);
        assertThat(done).isCompleted();
    }

    @Test
    void send_nothing_isDone() {
        assertThat(send(0)).isCompleted();
        assertThat(sent).isEmpty();
    }
}
