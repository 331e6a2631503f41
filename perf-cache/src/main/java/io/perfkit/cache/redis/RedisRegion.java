package io.perfkit.cache.redis;

import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.SetArgs;
import io.lettuce.core.cluster.api.async.RedisAdvancedClusterAsyncCommands;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import io.perfkit.cache.spi.SharedTier.Page;
import io.perfkit.cache.spi.SharedTier.Planting;
import io.perfkit.cache.spi.SharedTier.Reading;
import io.perfkit.cache.spi.SharedTier.Region;
import io.perfkit.cache.spi.SharedTier.Snapshot;
import io.perfkit.cache.spi.SharedTier.State;
import io.perfkit.cache.spi.SharedTier.Storing;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One region's commands. The entries are spread over the slots; head, log and tombstones are a {@link RedisLog}.
 *
 * <p><b>On a single server</b>, what changes an entry and the log is two commands in one flush, which the server
 * executes in that order. Reading an entry is one {@code MGET} of the head and the entry. The {@link RedisConnection}
 * guarantees that the server is the one whose identity was verified when the region was opened.
 *
 * <p><b>On a cluster</b>, head and entry lie on two servers, either of which may be replaced at any moment while the
 * client reconnects behind our back. There, the second command is sent when the first was answered, because nothing else
 * would order them, and each reading names the server it came from.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection closes in its own time
final class RedisRegion implements Region {

    /** So many keys are read by one command, which should not keep the server busy for long. */
    private static final int KEYS_AT_ONCE = 64;
    /** So many bytes are stored by one, unless a single value has more. */
    private static final int BYTES_AT_ONCE = 64 << 10;
    /** Who issues the events that no node is to take for its own. */
    private static final String NOBODY = "-";

    private static final byte[] NOTHING = {};

    private final RegionKeys keys;
    private final boolean cluster;
    private final RedisConnection main;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final RedisConnection follower;
    private final RedisLog log;
    private final HeadText.Memory heads = new HeadText.Memory();

    RedisRegion(String cache, String region, RedisConnection main, Supplier<RedisConnection> connector) {
        this.keys = new RegionKeys(cache, region);
        this.cluster = main.isCluster();
        this.main = main;
        this.commands = main.commands();
        this.follower = connector.get();
        this.log = new RedisLog(keys, main, follower);
    }

    @Override
    public CompletionStage<Reading> read(String key) {
        return cluster
                ? readInCluster(key, state())
                : main.guard(
                        mget(List.of(key)), readings -> complete(readings, 1).get(0));
    }

    private CompletionStage<Reading> readInCluster(String key, CompletionStage<State> state) {
        CompletionStage<List<Object>> entry = Script.READ.run(commands, keys(keys.entry(key)));
        return entry.thenCombine(state, (answer, s) -> Answers.reading(answer, s.head()));
    }

    @Override
    public List<CompletionStage<List<Reading>>> readAll(List<String> wanted) {
        List<CompletionStage<List<Reading>>> parts = new ArrayList<>();
        if (cluster) {
            CompletionStage<State> state = state();
            for (String key : wanted) {
                parts.add(readInCluster(key, state).thenApply(List::of));
            }
        } else {
            for (int from = 0; from < wanted.size(); from += KEYS_AT_ONCE) {
                List<String> some = wanted.subList(from, Math.min(wanted.size(), from + KEYS_AT_ONCE));
                parts.add(main.guard(mget(some), readings -> complete(readings, some.size())));
            }
        }
        return parts;
    }

    /** A reading that is one place off would be another key's. */
    private static List<Reading> complete(List<Reading> readings, int expected) {
        if (readings.size() != expected) {
            throw new IllegalStateException("MGET of " + expected + " entries had " + readings.size() + " answers");
        }
        return readings;
    }

    private CompletionStage<List<Reading>> mget(List<String> wanted) {
        CommandArgs<byte[], byte[]> arguments = new CommandArgs<>(ByteArrayCodec.INSTANCE).addKey(keys.head);
        for (String key : wanted) {
            arguments.addKey(keys.entry(key));
        }
        return commands.dispatch(CommandType.MGET, new ReadingsOutput(heads, wanted.size()), arguments);
    }

    @Override
    public CompletionStage<Reading> lease(String key, byte[] lease, Duration life, byte[] over) {
        CompletionStage<List<Object>> answer = Script.LEASE.run(
                commands,
                keys(keys.entry(key)),
                lease,
                number(life.toMillis()),
                over,
                Answers.utf8(cluster ? "1" : "0"));
        return main.guard(answer).thenApply(a -> Answers.reading(a, null));
    }

    /** In a cluster the keys of one script would have to lie in one slot. */
    @Override
    public List<CompletionStage<List<Reading>>> leaseAll(List<Planting> wanted, Duration life) {
        if (cluster) {
            return Region.super.leaseAll(wanted, life);
        }
        List<CompletionStage<List<Reading>>> parts = new ArrayList<>();
        for (int from = 0; from < wanted.size(); from += KEYS_AT_ONCE) {
            List<Planting> some = wanted.subList(from, Math.min(wanted.size(), from + KEYS_AT_ONCE));
            byte[][] entries = new byte[some.size()][];
            byte[][] arguments = new byte[1 + 2 * some.size()][];
            arguments[0] = number(life.toMillis());
            for (int i = 0; i < entries.length; i++) {
                entries[i] = keys.entry(some.get(i).key());
                arguments[1 + 2 * i] = some.get(i).lease();
                arguments[2 + 2 * i] = some.get(i).over();
            }
            CompletionStage<List<Object>> answer = Script.LEASES.run(commands, entries, arguments);
            parts.add(main.guard(answer, a -> Answers.readings(a, some.size())));
        }
        return parts;
    }

    @Override
    public List<CompletionStage<List<Boolean>>> storeAll(List<Storing> wanted) {
        if (cluster) {
            return Region.super.storeAll(wanted);
        }
        List<CompletionStage<List<Boolean>>> parts = new ArrayList<>();
        int from = 0;
        while (from < wanted.size()) {
            int to = from + 1;
            long bytes = wanted.get(from).rest().length;
            while (to < wanted.size()
                    && to - from < KEYS_AT_ONCE
                    && bytes + wanted.get(to).rest().length <= BYTES_AT_ONCE) {
                bytes += wanted.get(to).rest().length;
                to++;
            }
            parts.add(storeSome(wanted.subList(from, to)));
            from = to;
        }
        return parts;
    }

    private CompletionStage<List<Boolean>> storeSome(List<Storing> some) {
        byte[][] entries = new byte[some.size()][];
        byte[][] arguments = new byte[5 * some.size()][];
        for (int i = 0; i < entries.length; i++) {
            Storing each = some.get(i);
            entries[i] = keys.entry(each.key());
            arguments[5 * i] = each.fence();
            arguments[5 * i + 1] = each.front();
            arguments[5 * i + 2] = number(each.freshMillis());
            arguments[5 * i + 3] = each.rest();
            arguments[5 * i + 4] = number(each.life().toMillis());
        }
        CompletionStage<List<Object>> answer = Script.STORES.run(commands, entries, arguments);
        return main.guard(answer, a -> a.stream().map(n -> (Long) n == 1).toList());
    }

    @Override
    public CompletionStage<Boolean> store(
            String key, byte[] fence, byte[] front, long freshMillis, byte[] rest, Duration life) {
        return isOne(Script.STORE.run(
                commands, keys(keys.entry(key)), fence, front, number(freshMillis), rest, number(life.toMillis())));
    }

    @Override
    public CompletionStage<Boolean> remove(String key, byte[] fence) {
        return isOne(Script.REMOVE.run(commands, keys(keys.entry(key)), fence));
    }

    @Override
    public CompletionStage<Boolean> claim(String key, byte[] subject, Duration life) {
        return isOne(Script.CLAIM.run(commands, keys(keys.claim(key)), subject, number(life.toMillis())));
    }

    @Override
    public CompletionStage<Boolean> unclaim(String key, byte[] subject) {
        return isOne(Script.REMOVE.run(commands, keys(keys.claim(key)), subject));
    }

    @Override
    public CompletionStage<Head> invalidate(String key, String origin) {
        return inOrder(commands.del(keys.entry(key)), origin, key, NOTHING);
    }

    @Override
    public CompletionStage<Head> makeDue(String key, byte[] generation, String origin) {
        CompletionStage<Long> marked = Script.MAKE_DUE.run(commands, keys(keys.entry(key)), generation);
        // A script may have to be sent a second time, so the event has to wait for its answer.
        return marked.thenCompose(done -> changed(Kind.DUE_KEY, origin, key, beginningOfDue(generation)));
    }

    @Override
    public CompletionStage<Head> plant(String key, byte[] fence, Duration life, String origin) {
        return inOrder(commands.set(keys.entry(key), fence, SetArgs.Builder.px(life.toMillis())), origin, key, fence);
    }

    @Override
    public boolean endsWithEvents() {
        return !cluster;
    }

    @Override
    public CompletionStage<Head> issue(Kind kind, String subject, String origin) {
        return event(kind, origin, subject, null);
    }

    @Override
    public CompletionStage<List<String>> masters() {
        return commands instanceof RedisAdvancedClusterAsyncCommands<byte[], byte[]> all
                ? all.upstream().commands().info("replication").thenApply(Answers::masters)
                : CompletableFuture.completedFuture(List.of());
    }

    @Override
    public CompletionStage<Head> adopt(String master) {
        return event(Kind.EVERYTHING, NOBODY, "", master);
    }

    /** An event of a key, which comes after a command that was sent before. */
    private CompletionStage<Head> inOrder(CompletionStage<?> first, String origin, String key, byte[] left) {
        return cluster
                ? first.thenCompose(done -> changed(Kind.KEY, origin, key, left))
                : changed(Kind.KEY, origin, key, left).thenCombine(first, (head, done) -> head);
    }

    /** An event of a key. What stands there by now goes with it, unless it begins with what the change has left. */
    private CompletionStage<Head> changed(Kind kind, String origin, String key, byte[] left) {
        // In a cluster the keys of one script would have to lie in one slot.
        return cluster
                ? event(kind, origin, key, null)
                : log.event(kind, origin, key, "", left, keys.head, keys.log, keys.dead, keys.entry(key));
    }

    private CompletionStage<Head> event(Kind kind, String origin, String subject, @Nullable String master) {
        return master == null
                ? log.event(kind, origin, subject, "", NOTHING, keys.head, keys.log, keys.dead)
                : log.event(kind, origin, subject, master, NOTHING, keys.head, keys.log, keys.dead, keys.masters);
    }

    @Override
    public CompletionStage<State> state() {
        return log.state();
    }

    @Override
    public CompletionStage<Snapshot> snapshot() {
        return log.snapshot();
    }

    @Override
    public CompletionStage<List<Event>> events(long after, int most) {
        return log.events(after, most);
    }

    @Override
    public CompletionStage<List<Event>> follow(long after, Duration wait) {
        return log.follow(after, wait);
    }

    @Override
    public CompletionStage<Page> scan(@Nullable Object from, String glob, int size) {
        ScanArgs args = ScanArgs.Builder.limit(size).match(keys.entries(glob), StandardCharsets.UTF_8);
        CompletionStage<KeyScanCursor<byte[]>> step =
                from instanceof ScanCursor cursor ? commands.scan(cursor, args) : commands.scan(args);
        return main.guard(step).thenApply(cursor -> {
            List<String> found = new ArrayList<>();
            for (byte[] name : cursor.getKeys()) {
                String key = keys.keyOf(name);
                if (key != null) {
                    found.add(key);
                }
            }
            return new Page(found, cursor.isFinished() ? null : cursor);
        });
    }

    @Override
    public CompletionStage<List<byte[]>> peek(List<String> wanted, int length) {
        List<CompletableFuture<List<byte[]>>> parts = new ArrayList<>(wanted.size());
        for (String key : wanted) {
            parts.add(main.guard(commands.getrange(keys.entry(key), 0, length - 1L))
                    .thenApply(List::of)
                    .toCompletableFuture());
        }
        return Answers.concatenated(parts);
    }

    @Override
    public CompletionStage<Boolean> claimSweep(String origin, String mark, Duration life) {
        return isOne(Script.CLAIM_SWEEP.run(
                commands,
                keys(keys.sweep, keys.swept),
                Answers.utf8(origin),
                Answers.utf8(mark),
                number(life.toMillis())));
    }

    @Override
    public CompletionStage<Void> swept(String mark) {
        return main.guard(commands.set(keys.swept, Answers.utf8(mark), SetArgs.Builder.px(Duration.ofDays(1))))
                .thenCompose(ok -> commands.del(keys.sweep))
                .thenAccept(n -> {});
    }

    @Override
    public void close() {
        follower.close();
    }

    private CompletionStage<Boolean> isOne(CompletionStage<Long> answer) {
        return main.guard(answer).thenApply(n -> n == 1);
    }

    private static byte[][] keys(byte[]... keys) {
        return keys;
    }

    /** How a value begins that {@link Script#MAKE_DUE} has made due. */
    private static byte[] beginningOfDue(byte[] generation) {
        byte[] beginning = new byte[EntryLayout.GENERATION_AT + generation.length];
        beginning[0] = EntryLayout.VERSION;
        beginning[EntryLayout.KIND_AT] = EntryLayout.VALUE;
        System.arraycopy(generation, 0, beginning, EntryLayout.GENERATION_AT, generation.length);
        return beginning;
    }

    private static byte[] number(long n) {
        return Answers.utf8(Long.toString(n));
    }
}
