package io.perfkit.batching;

import io.github.resilience4j.retry.RetryConfig;
import java.time.Duration;
import java.util.Collection;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;

/** The settings of a random program. */
final class ProgramSettings {
    static final long MAXIMUM_BYTES = 20;

    /** Of the batcher that loaders ask: one slot, so that the loaders of both wait for each other's. */
    static final int OTHER_SLOTS = 1;

    static final int OTHER_BATCH_SIZE = 2;

    /** Where all batches of a program run that has an executor of its own: the narrowest that may be. */
    private static final Executor ONE_THREAD =
            Executors.newSingleThreadExecutor(BackgroundThreads.daemonFactory("random-program-batches"));

    private static final Duration SHORT = Duration.ofMillis(2);

    /** What a key that the loader has no value for gets. */
    enum Absent {
        FAILS,
        IS_NULL,
        IS_MADE_UP
    }

    /** Which of the three signatures the loader has. */
    enum Signature {
        MAP,
        LIST,
        RESULTS
    }

    final int batchSize;
    final int slots;
    final int places;
    final Overflow overflow;
    final boolean hasWindow;
    final boolean isTimed;
    final boolean isInterrupted;
    final boolean isBisected;
    final boolean isRepeated;
    final boolean isPartitioned;
    final boolean isMeasured;
    final boolean isOnOneThread;
    final Absent absent;
    final Signature signature;

    ProgramSettings(Random random) {
        batchSize = 1 + random.nextInt(9);
        slots = 1 + random.nextInt(3);
        places = 1 + random.nextInt(12);
        overflow = random.nextInt(3) == 0 ? Overflow.REJECT : Overflow.WAIT;
        hasWindow = random.nextInt(4) == 0;
        isTimed = random.nextInt(3) == 0;
        isInterrupted = isTimed && random.nextInt(3) == 0;
        isBisected = random.nextInt(3) == 0;
        isRepeated = random.nextInt(4) == 0;
        isPartitioned = random.nextInt(4) == 0;
        isMeasured = random.nextInt(4) == 0;
        isOnOneThread = random.nextInt(4) == 0;
        absent = Absent.values()[random.nextInt(Absent.values().length)];
        signature = Signature.values()[random.nextInt(Signature.values().length)];
    }

    static int partitionOf(int key) {
        return key % 2;
    }

    static long bytesOf(int key) {
        return key % 7;
    }

    /** An interrupted loader goes on without a slot. */
    boolean mayPassSlots() {
        return isInterrupted;
    }

    Batcher<Integer, String> batcher(ProgramLoader loader) {
        Batcher.Builder<Integer, String> builder = switch (signature) {
            case MAP -> Batcher.builder("random", loader);
            case LIST -> Batcher.listBuilder("random", loader::loadList);
            case RESULTS -> Batcher.resultBuilder("random", loader::loadResults);
        };
        builder.maximumBatchSize(batchSize)
                .maximumConcurrentBatches(slots)
                .maximumPending(places, overflow)
                .bisectFailures(isBisected)
                .interruptOverdue(isInterrupted);
        if (hasWindow) {
            builder.window(Duration.ofNanos(200_000));
        }
        if (isTimed) {
            builder.timeout(SHORT);
        }
        if (isRepeated) {
            builder.retry(RetryConfig.custom()
                    .maxAttempts(2)
                    .waitDuration(Duration.ofMillis(1))
                    .build());
        }
        if (isPartitioned) {
            builder.partitionBy(ProgramSettings::partitionOf);
        }
        if (isMeasured) {
            builder.maximumBatchBytes(MAXIMUM_BYTES, ProgramSettings::bytesOf);
        }
        switch (absent) {
            case FAILS -> builder.whenMissing(Missing.FAIL);
            case IS_NULL -> builder.whenMissing(Missing.NULL);
            case IS_MADE_UP -> builder.whenMissing(ProgramSettings::madeUp);
        }
        return built(builder);
    }

    /** What the loaders ask. */
    Batcher<Integer, String> otherBatcher(ProgramLoader loader) {
        return built(Batcher.<Integer, String>builder("other", loader)
                .maximumBatchSize(OTHER_BATCH_SIZE)
                .maximumConcurrentBatches(OTHER_SLOTS));
    }

    private Batcher<Integer, String> built(Batcher.Builder<Integer, String> builder) {
        if (isOnOneThread) {
            builder.executor(ONE_THREAD);
        }
        // A circle of waits for slots is to be seen, not to be cut after a second.
        builder.slotPatienceNanos = Long.MAX_VALUE;
        return builder.build();
    }

    static String madeUp(int key) {
        return "made up " + key;
    }

    /** What a caller gets for a key that does not fail; {@code null} for nothing. */
    String expected(int key) {
        if (!ProgramLoader.isAbsent(key)) {
            return ProgramLoader.valueOf(key);
        }
        return absent == Absent.IS_MADE_UP ? madeUp(key) : null;
    }

    /** Whether a key fails because of itself. */
    boolean failsByItself(int key) {
        return key == ProgramLoader.POISON || (ProgramLoader.isAbsent(key) && absent == Absent.FAILS);
    }

    boolean isOwnFailure(Collection<Integer> keys, boolean isPerKey, Throwable failure) {
        if (failure instanceof ProgramLoader.Poisoned poisoned) {
            if (isBisected && isTimed) {
                // At the deadline the rest fails as the last part did.
                return true;
            }
            // Of its own batch; where that was looked into, of its own key.
            return keys.stream().anyMatch(poisoned.keys::contains)
                    && (keys.contains(ProgramLoader.POISON) || !isPerKey || !isBisected);
        }
        if (failure instanceof ProgramLoader.Flaky flaky) {
            return isRepeated && ((isBisected && isTimed) || keys.stream().anyMatch(flaky.keys::contains));
        }
        return failure instanceof MissingValueException
                && absent == Absent.FAILS
                && keys.stream().anyMatch(ProgramLoader::isAbsent);
    }

    @Override
    public String toString() {
        return "batchSize " + batchSize + ", slots " + slots + ", places " + places + " " + overflow
                + (hasWindow ? ", window" : "") + (isTimed ? ", timeout" : "")
                + (isInterrupted ? ", interruptOverdue" : "") + (isBisected ? ", bisected" : "")
                + (isRepeated ? ", retry" : "") + (isPartitioned ? ", partitions" : "")
                + (isMeasured ? ", bytes" : "") + (isOnOneThread ? ", one thread" : "")
                + ", absent " + absent + ", " + signature;
    }
}
