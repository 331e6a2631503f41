package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisClient;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.perfkit.testkit.RedisServer;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** A pattern means here what it means to a real Redis: both are asked about the same random patterns and keys. */
class GlobIT {

    /** Small, so that patterns and keys often have to do with each other. */
    private static final String LETTERS = "abc-^\\]é";

    /** Asks the server about many keys at once: which of the ARGV after the first does KEYS find? */
    private static final String MATCHING = """
            redis.call('FLUSHDB')
            for i = 2, #ARGV do redis.call('SET', ARGV[i], '1') end
            return redis.call('KEYS', ARGV[1])
            """;

    private static RedisClient client;
    private static StatefulRedisConnection<String, String> connection;
    private static long pairs;
    private static RedisCommands<String, String> redis;

    @BeforeContainer
    static void connect() {
        client = RedisClient.create(RedisServer.shared().uri());
        connection = client.connect();
        redis = connection.sync();
        // A database of its own: other tests share the server.
        redis.select(7);
    }

    @AfterContainer
    static void disconnect() {
        client.shutdown();
        assertThat(pairs).as("pairs of a pattern and a key").isGreaterThanOrEqualTo(100_000);
    }

    @Property(tries = 6_000)
    void matches_randomPatternsAndKeys_agreesWithKeys(
            @ForAll("patterns") String pattern, @ForAll("keys") List<String> keys) {
        Glob glob = Glob.of(pattern);
        String[] arguments = new String[keys.size() + 1];
        arguments[0] = pattern;
        for (int i = 0; i < keys.size(); i++) {
            arguments[i + 1] = keys.get(i);
        }
        pairs += keys.stream().distinct().count();
        List<String> found = redis.eval(MATCHING, ScriptOutputType.MULTI, new String[0], arguments);
        assertThat(keys.stream().filter(glob::matches).distinct().toList())
                .as("keys that match " + pattern)
                .containsExactlyInAnyOrderElementsOf(found);
    }

    @Provide
    Arbitrary<String> patterns() {
        Arbitrary<String> letter =
                Arbitraries.strings().withChars(LETTERS.toCharArray()).ofLength(1);
        Arbitrary<String> set = Combinators.combine(
                        Arbitraries.of("", "^"),
                        Arbitraries.strings()
                                .withChars("abc-^\\]".toCharArray())
                                .ofMaxLength(4),
                        Arbitraries.of("]", ""))
                .as((not, inside, end) -> "[" + not + inside + end);
        return Arbitraries.frequencyOf(
                        net.jqwik.api.Tuple.of(4, letter),
                        net.jqwik.api.Tuple.of(2, Arbitraries.of("*", "**", "?")),
                        net.jqwik.api.Tuple.of(1, letter.map(l -> "\\" + l)),
                        net.jqwik.api.Tuple.of(2, set))
                .list()
                .ofMaxSize(6)
                .map(parts -> String.join("", parts))
                .filter(pattern -> !hasRangeBeyondAscii(pattern));
    }

    /** Whether such a range matches depends on the machine that the server was built for: is a char signed there? */
    private static boolean hasRangeBeyondAscii(String pattern) {
        return pattern.contains("[") && (pattern.contains("é-") || pattern.contains("-é"));
    }

    @Provide
    Arbitrary<List<String>> keys() {
        return Arbitraries.strings()
                .withChars((LETTERS + "*?[").toCharArray())
                .ofMaxLength(6)
                .list()
                .ofMinSize(10)
                .ofMaxSize(40);
    }
}
