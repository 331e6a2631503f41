package io.perfkit.cache.redis;

import io.lettuce.core.KeyValue;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.SetArgs;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.XReadArgs;
import io.lettuce.core.XReadArgs.StreamOffset;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.perfkit.cache.SharedTier.Event;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Kind;
import io.perfkit.cache.SharedTier.Reading;
import io.perfkit.cache.SharedTier.Region;
import io.perfkit.cache.SharedTier.Snapshot;
import io.perfkit.cache.redis.RedisTier.Connection;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One region's keys and commands.
 *
 * <p>The head is a hash: {@code i} the incarnation, {@code e} the epoch of the last event, {@code f} the floor, and for
 * each tombstone {@code p} and its pattern, with the epoch. One key, so that eviction takes all of it or nothing. The
 * log is a stream whose ids are the epochs; an event is one field, named by its kind ({@code k}, {@code p} or
 * {@code e}) and the node, with the key or pattern as its value.
 *
 * <p>A script never touches keys of two slots. What changes an entry and the log is two commands, of which the second is
 * sent when the first was answered: on a cluster, they go to two servers, and nothing else would order them.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a connection closes in its own time
final class RedisRegion implements Region {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final byte[] LOG_LENGTH = utf8("10000");
    private static final byte[] MOST_PATTERNS = utf8("512");

    private final String entryPrefix;
    private final byte[] head;
    private final byte[] log;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final Connection follower;

    RedisRegion(
            String cache,
            String region,
            RedisClusterAsyncCommands<byte[], byte[]> commands,
            Supplier<Connection> connector) {
        this.entryPrefix = "perfkit:cache:" + cache + ":" + region + ":{:";
        this.head = utf8("perfkit:cache:{" + cache + ":" + region + "}:head");
        this.log = utf8("perfkit:cache:{" + cache + ":" + region + "}:log");
        this.commands = commands;
        this.follower = connector.get();
    }

    /** The colon inside keeps the hash tag from being empty when a key begins with a closing brace. */
    private byte[] entry(String key) {
        return utf8(entryPrefix + key + "}");
    }

    @Override
    public CompletionStage<Reading> read(String key, byte[] lease, Duration leaseLife, int largest) {
        CompletionStage<List<Object>> entry =
                Script.READ.run(commands, keys(entry(key)), lease, number(leaseLife.toMillis()), number(largest));
        return entry.thenCombine(
                head(), (answer, head) -> new Reading((byte[]) answer.get(0), (Long) answer.get(1), head));
    }

    @Override
    public CompletionStage<Boolean> store(String key, byte[] fence, byte[] entry, Duration life) {
        CompletionStage<Long> stored =
                Script.STORE.run(commands, keys(entry(key)), fence, entry, number(life.toMillis()));
        return stored.thenApply(n -> n == 1);
    }

    @Override
    public CompletionStage<Head> invalidate(String key, String origin) {
        return commands.del(entry(key)).thenCompose(n -> event('k', origin, key));
    }

    @Override
    public CompletionStage<Head> plant(String key, byte[] fence, Duration life, String origin) {
        return commands.set(entry(key), fence, SetArgs.Builder.px(life.toMillis()))
                .thenCompose(ok -> event('k', origin, key));
    }

    @Override
    public CompletionStage<Head> invalidateMatching(String pattern, String origin) {
        return event('p', origin, pattern);
    }

    @Override
    public CompletionStage<Head> clear(String origin) {
        return event('e', origin, "");
    }

    private CompletionStage<Head> event(char kind, String origin, String subject) {
        CompletionStage<List<Object>> issued = Script.EVENT.run(
                commands,
                keys(head, log),
                newIncarnation(),
                utf8(kind + origin),
                utf8(subject),
                LOG_LENGTH,
                MOST_PATTERNS);
        return issued.thenApply(answer -> new Head(hex(answer.get(0)), decimal(answer.get(1))));
    }

    @Override
    public CompletionStage<@Nullable Head> head() {
        return commands.hmget(head, utf8("i"), utf8("e")).thenApply(RedisRegion::toHead);
    }

    private static @Nullable Head toHead(List<KeyValue<byte[], byte[]>> fields) {
        KeyValue<byte[], byte[]> incarnation = fields.get(0);
        KeyValue<byte[], byte[]> epoch = fields.get(1);
        return incarnation.hasValue() && epoch.hasValue()
                ? new Head(hex(incarnation.getValue()), decimal(epoch.getValue()))
                : null;
    }

    @Override
    public CompletionStage<Snapshot> snapshot() {
        CompletionStage<List<Object>> all = Script.SNAPSHOT.run(commands, keys(head, log), newIncarnation());
        return all.thenApply(answer -> {
            long incarnation = 0;
            long epoch = 0;
            long floor = 0;
            Map<String, Long> patterns = new HashMap<>();
            for (int i = 0; i + 1 < answer.size(); i += 2) {
                String field = text(answer.get(i));
                Object value = answer.get(i + 1);
                switch (field.charAt(0)) {
                    case 'i' -> incarnation = hex(value);
                    case 'e' -> epoch = decimal(value);
                    case 'f' -> floor = decimal(value);
                    default -> patterns.put(field.substring(1), decimal(value));
                }
            }
            return new Snapshot(new Head(incarnation, epoch), floor, patterns);
        });
    }

    @Override
    public CompletionStage<List<Event>> events(long after, int most) {
        Range<String> range = Range.from(Range.Boundary.including((after + 1) + "-0"), Range.Boundary.unbounded());
        return commands.xrange(log, range, Limit.from(most)).thenApply(RedisRegion::toEvents);
    }

    @Override
    public CompletionStage<List<Event>> follow(long after, Duration wait) {
        CompletableFuture<List<StreamMessage<byte[], byte[]>>> messages = follower.commands()
                .xread(
                        XReadArgs.Builder.block(wait.toMillis()).count(1_000),
                        stream(StreamOffset.from(log, after + "-0")))
                .toCompletableFuture();
        return messages.thenApply(RedisRegion::toEvents);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type has no other spelling
    private static StreamOffset<byte[]>[] stream(StreamOffset<byte[]> offset) {
        return new StreamOffset[] {offset};
    }

    private static List<Event> toEvents(List<StreamMessage<byte[], byte[]>> messages) {
        List<Event> events = new ArrayList<>(messages.size());
        for (StreamMessage<byte[], byte[]> message : messages) {
            long epoch = Long.parseLong(message.getId(), 0, message.getId().indexOf('-'), 10);
            message.getBody().forEach((field, subject) -> {
                String kindAndOrigin = text(field);
                Kind kind = switch (kindAndOrigin.charAt(0)) {
                    case 'k' -> Kind.KEY;
                    case 'p' -> Kind.PATTERN;
                    // A kind of a later version: too much is safe, too little is not.
                    default -> Kind.EVERYTHING;
                };
                events.add(new Event(epoch, kind, text(subject), kindAndOrigin.substring(1)));
            });
        }
        return events;
    }

    @Override
    public void close() {
        follower.connection().closeAsync();
    }

    private static byte[] newIncarnation() {
        return utf8(Long.toHexString(RANDOM.nextLong()));
    }

    private static byte[][] keys(byte[]... keys) {
        return keys;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] number(long n) {
        return utf8(Long.toString(n));
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }

    private static long hex(Object bytes) {
        return Long.parseUnsignedLong(text(bytes), 16);
    }

    private static long decimal(Object bytes) {
        return Long.parseLong(text(bytes));
    }
}
