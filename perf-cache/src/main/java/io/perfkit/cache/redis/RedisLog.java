package io.perfkit.cache.redis;

import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.ScoredValue;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import io.perfkit.cache.spi.SharedTier.Snapshot;
import io.perfkit.cache.spi.SharedTier.State;
import io.perfkit.cache.spi.SharedTier.Tombstone;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One region's head, log and tombstones, which lie in one slot. The head is a string, see {@link HeadText}; it names how
 * many tombstones there are and which server it was found good under, so that a lost part or another server makes it
 * void. The tombstones are a sorted set, a member for each pattern or tag with its epoch. The log is a stream whose ids
 * are the epochs; an event is one field, named by its kind and the node, with its subject as the value.
 */
final class RedisLog {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] LENGTH = Answers.utf8("10000");
    private static final byte[] MAXIMUM_TOMBSTONES = Answers.utf8("10000");
    private static final int TOMBSTONES_AT_ONCE = 500;

    private final RegionKeys keys;
    private final RedisConnection main;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final RedisConnection follower;

    RedisLog(RegionKeys keys, RedisConnection main, RedisConnection follower) {
        this.keys = keys;
        this.main = main;
        this.commands = main.commands();
        this.follower = follower;
    }

    /**
     * Issues an event.
     *
     * @param master a server that is known from now on, or empty
     * @param left the beginning that the entry may have which is the last of the names
     */
    CompletionStage<Head> event(Kind kind, String origin, String subject, String master, byte[] left, byte[]... names) {
        CompletionStage<List<Object>> issued = Script.EVENT.run(
                commands,
                names,
                newIncarnation(),
                Answers.utf8(Answers.letter(kind) + origin),
                Answers.utf8(subject),
                LENGTH,
                MAXIMUM_TOMBSTONES,
                Answers.utf8(master),
                left);
        return main.guard(issued).thenApply(Answers::head);
    }

    CompletionStage<State> state() {
        CompletionStage<List<Object>> answer = Script.STATE.run(commands, names(keys.head, keys.dead));
        return main.guard(answer).thenApply(a -> {
            HeadText head = Answers.confirmedHead(a);
            return new State(head == null ? null : head.head(), Answers.millis(a, 3));
        });
    }

    /**
     * The tombstones are read in pages, so that no command keeps the server busy. What changes meanwhile is after the
     * head that was read first, and is in the log, or was forgotten, and is below the floor that is read last.
     */
    CompletionStage<Snapshot> snapshot() {
        CompletionStage<List<Object>> verified =
                Script.VERIFY.run(commands, names(keys.head, keys.log, keys.dead), newIncarnation());
        return main.guard(verified).thenApply(Answers::head).thenCompose(head -> {
            List<Tombstone> tombstones = new ArrayList<>();
            return tombstonesAfter(0, head.epoch(), tombstones).thenCompose(done -> snapshot(head, tombstones));
        });
    }

    private CompletionStage<Snapshot> snapshot(Head head, List<Tombstone> tombstones) {
        CompletionStage<List<Object>> answer = Script.STATE.run(commands, names(keys.head, keys.dead));
        return main.guard(answer).thenApply(a -> {
            HeadText last = Answers.confirmedHead(a);
            if (last == null || last.head().incarnation() != head.incarnation()) {
                throw new IllegalStateException("The region's head was replaced while its tombstones were read");
            }
            return new Snapshot(head, last.floor(), tombstones, Answers.millis(a, 3));
        });
    }

    private CompletionStage<?> tombstonesAfter(long after, long last, List<Tombstone> into) {
        Range<Long> range = Range.from(Range.Boundary.excluding(after), Range.Boundary.including(last));
        return main.guard(commands.zrangebyscoreWithScores(keys.dead, range, Limit.from(TOMBSTONES_AT_ONCE)))
                .thenCompose(page -> {
                    long highest = after;
                    for (ScoredValue<byte[]> value : page) {
                        highest = (long) value.getScore();
                        into.add(Answers.tombstone(highest, value.getValue()));
                    }
                    return page.size() < TOMBSTONES_AT_ONCE
                            ? CompletableFuture.completedFuture(null)
                            : tombstonesAfter(highest, last, into);
                });
    }

    CompletionStage<List<Event>> events(long after, int most) {
        Range<String> range = Range.from(Range.Boundary.including((after + 1) + "-0"), Range.Boundary.unbounded());
        return main.guard(commands.xrange(keys.log, range, Limit.from(most))).thenApply(Answers::events);
    }

    CompletionStage<List<Event>> follow(long after, Duration wait) {
        return follower.guard(follower.commands()
                        .xread(
                                XReadArgs.Builder.block(wait.toMillis()).count(1_000),
                                stream(StreamOffset.from(keys.log, after + "-0"))))
                .thenApply(Answers::events);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type has no other spelling
    private static StreamOffset<byte[]>[] stream(StreamOffset<byte[]> offset) {
        return new StreamOffset[] {offset};
    }

    private static byte[] newIncarnation() {
        return Answers.utf8(String.format(Locale.ROOT, "%016x", RANDOM.nextLong()));
    }

    private static byte[][] names(byte[]... names) {
        return names;
    }
}
