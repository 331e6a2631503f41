package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

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
    void send_nothing_isDone() {
        assertThat(send(0)).isCompleted();
        assertThat(sent).isEmpty();
    }
}
