package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ChunksTest {
    private static Stream<Integer> items(int count) {
        return IntStream.range(0, count).boxed();
    }

    @Test
    void forEach_handlesEachItemOnce_inOrder_andClosesTheSource() {
        List<Chunk<Integer>> seen = new ArrayList<>();
        AtomicBoolean closed = new AtomicBoolean();
        ChunksReport report = Chunks.<Integer>of(items(25).onClose(() -> closed.set(true)), 10)
                .forEach(seen::add);
        assertThat(seen).extracting(Chunk::number).containsExactly(0L, 1L, 2L);
        assertThat(seen).extracting(Chunk::position).containsExactly(0L, 10L, 20L);
        assertThat(seen.stream().flatMap(chunk -> chunk.items().stream()))
                .isEqualTo(items(25).toList());
        assertThat(report.items()).isEqualTo(25);
        assertThat(report.isComplete()).isTrue();
        assertThat(report.checkpoint()).hasToString("1:10:3");
        assertThat(closed).isTrue();
        assertThat(Chunks.<Integer>of(Stream.empty(), 10).forEach(seen::add).isComplete())
                .isTrue();
    }

    @Test
    void forEach_manyItems_inAFewMegabytes_theSourceNotFarAhead() {
        AtomicLong read = new AtomicLong();
        AtomicLong handled = new AtomicLong();
        AtomicLong farthest = new AtomicLong();
        ChunksReport report = Chunks.<Long>builder(
                        LongStream.range(0, 1_000_000).boxed().peek(item -> read.incrementAndGet()), 1_000)
                .workers(3)
                .build()
                .forEach(chunk -> {
                    farthest.accumulateAndGet(read.get() - handled.get(), Math::max);
                    handled.addAndGet(chunk.items().size());
                });
        assertThat(report.items()).isEqualTo(1_000_000);
        // Three with the workers, and one read ahead.
        assertThat(farthest.get()).isLessThanOrEqualTo(4_000 + 1_000);
    }

    @Test
    void failedChunk_isToldWithItsPosition_andTheRestIsHandled_andResumed() {
        Set<Integer> handled = ConcurrentHashMap.newKeySet();
        ChunksReport first = Chunks.<Integer>builder(items(100), 10)
                .workers(3)
                .build()
                .forEach(chunk -> {
                    if (chunk.number() == 4) {
                        throw new IllegalStateException("bad row");
                    }
                    handled.addAll(chunk.items());
                });
        assertThat(first.failures()).singleElement().satisfies(failed -> {
            assertThat(failed.number()).isEqualTo(4);
            assertThat(failed.position()).isEqualTo(40);
            assertThat(failed.size()).isEqualTo(10);
            assertThat(failed.failure()).hasMessage("bad row");
        });
        assertThat(handled).hasSize(90);
        assertThat(first.isComplete()).isTrue();
        assertThat(first.checkpoint()).hasToString("1:10:4,5-9");

        List<Long> again = new ArrayList<>();
        ChunksReport second = Chunks.<Integer>builder(items(100), 10)
                .resume(ChunksCheckpoint.parse(first.checkpoint().toString()))
                .build()
                .forEach(chunk -> again.add(chunk.number()));
        assertThat(again).containsExactly(4L);
        assertThat(second.checkpoint()).hasToString("1:10:10");

        again.clear();
        Chunks.<Integer>builder(items(100).skip(40), 10)
                .startingAt(first.checkpoint().position())
                .resume(first.checkpoint())
                .build()
                .forEach(chunk -> again.add(chunk.items().get(0).longValue()));
        assertThat(again).containsExactly(40L);
    }

    @Test
    void resumed_afterACrashAnywhere_missesNothing_andRepeatsOnlyWhatWasNotStored() {
        for (long seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            int workers = 1 + random.nextInt(4);
            int crashAfter = 1 + random.nextInt(12);
            List<Integer> handled = Collections.synchronizedList(new ArrayList<>());
            AtomicReference<String> stored = new AtomicReference<>("1:7:0");
            Set<Long> recorded = ConcurrentHashMap.newKeySet();
            ChunksListener store = new ChunksListener() {
                private int left = crashAfter;

                @Override
                public void chunkDone(ChunksCheckpoint checkpoint, ChunksStats stats) {
                    if (left-- == 0) {
                        throw new IllegalStateException("crash");
                    }
                    stored.set(checkpoint.toString());
                }
            };
            assertThatThrownBy(() -> Chunks.<Integer>builder(items(100), 7)
                            .workers(workers)
                            .listener(store)
                            .build()
                            .forEach(chunk -> {
                                handled.addAll(chunk.items());
                                recorded.add(chunk.number());
                            }))
                    .hasMessage("crash");
            List<Integer> before = List.copyOf(handled);
            ChunksCheckpoint checkpoint = ChunksCheckpoint.parse(stored.get());
            Chunks.<Integer>builder(items(100), 7)
                    .workers(workers)
                    .resume(checkpoint)
                    .build()
                    .forEach(chunk -> handled.addAll(chunk.items()));
            assertThat(new TreeSet<>(handled)).hasSize(100);
            assertThat(handled.size() - 100).as("seed %d", seed).isLessThanOrEqualTo(7 * (2 * workers + 1));

            List<Integer> exactly = new ArrayList<>(before);
            Chunks.<Integer>builder(items(100), 7)
                    .skipChunks(recorded::contains)
                    .build()
                    .forEach(chunk -> exactly.addAll(chunk.items()));
            assertThat(exactly).hasSize(100).doesNotHaveDuplicates();
        }
    }

    @Test
    void source_thatFails_endsTheRunAfterWhatWasRead() {
        List<Long> handled = new ArrayList<>();
        assertThatThrownBy(() -> Chunks.<Integer>of(
                                items(100).peek(item -> {
                                    if (item == 35) {
                                        throw new IllegalStateException("connection lost");
                                    }
                                }),
                                10)
                        .forEach(chunk -> handled.add(chunk.number())))
                .isInstanceOf(BatchingException.class)
                .hasMessageContaining("chunk 3")
                .hasMessageContaining("connection lost");
        assertThat(handled).containsExactly(0L, 1L, 2L);
    }

    @Test
    void maximumFailures_reached_readsNoFurther() {
        ChunksReport report = Chunks.<Integer>builder(items(1000), 10)
                .maximumFailures(3)
                .build()
                .forEach(chunk -> {
                    throw new IllegalStateException("down");
                });
        assertThat(report.failures()).hasSizeBetween(3, 4);
        assertThat(report.isComplete()).isFalse();
    }

    @Test
    void stats_tellRateAndRest() {
        AtomicLong now = new AtomicLong();
        List<ChunksStats> seen = new ArrayList<>();
        Chunks<Integer> chunks = Chunks.<Integer>builder(items(100), 10)
                .totalItems(100)
                .ticker(now::get)
                .listener(new ChunksListener() {
                    @Override
                    public void chunkDone(ChunksCheckpoint checkpoint, ChunksStats stats) {
                        seen.add(stats);
                    }
                })
                .build();
        chunks.forEach(chunk -> now.addAndGet(1_000_000_000));
        ChunksStats fourth = seen.get(3);
        assertThat(fourth.items()).isEqualTo(40);
        assertThat(fourth.remaining()).isEqualTo(OptionalLong.of(60));
        assertThat(fourth.rate().getAsDouble()).isBetween(6.0, 10.0);
        assertThat(fourth.timeLeft()).isBetween(Duration.ofSeconds(6), Duration.ofSeconds(10));
        assertThat(chunks.stats().items()).isEqualTo(100);
        assertThatThrownBy(() -> chunks.forEach(chunk -> {})).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void interrupted_endsItsWorkers() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread caller = new Thread(() -> {
            try {
                Chunks.<Integer>of(items(100), 10).forEach(chunk -> {
                    inside.countDown();
                    new CountDownLatch(1).await();
                });
            } catch (Throwable t) {
                failure.set(t);
            }
        });
        caller.start();
        assertThat(inside.await(10, TimeUnit.SECONDS)).isTrue();
        caller.interrupt();
        caller.join(10_000);
        assertThat(failure.get()).isInstanceOf(BatchingException.class);
    }

    @Test
    void checkpoint_textThatIsNone_isRefused() {
        for (String text : List.of("", "1:0:1", "2:10:1", "1:10:", "1:10:4,", "1:10:4,5-", "x")) {
            assertThatThrownBy(() -> ChunksCheckpoint.parse(text)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(ChunksCheckpoint.parse("1:10:4,7,5-6,4")).hasToString("1:10:8");
    }
}
