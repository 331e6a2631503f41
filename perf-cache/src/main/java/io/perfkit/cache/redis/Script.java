package io.perfkit.cache.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.perfkit.cache.internal.Envelope;
import io.perfkit.cache.spi.EntryLayout;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Lua script, sent by its digest, and in full only to a server that does not know it. Redirections of a cluster are
 * followed by Lettuce, which does not repeat what is to be tried again; that is done here.
 */
final class Script {

    /** Who this server is, for the scripts that say so. */
    private static final String MASTER = """
            local function master()
              local info = redis.call('INFO', 'replication')
              if not string.find(info, 'role:master', 1, true) then
                error('perf-cache needs the master, but this server is a replica')
              end
              return string.match(info, 'master_replid:(%x+)')
            end
            """;

    /** The head, if it is one to trust, or a new one; for the scripts that change it. */
    private static final String HEAD = MASTER + """
            local function parse(text)
              if type(text) ~= 'string' then
                return nil
              end
              local i, e, f, n, m = string.match(text, '^2 (%x+) (%d+) (%d+) (%d+) (%x+)$')
              if not i or #i ~= 16 or #e > 15 or #f > 15 or #n > 15 or tonumber(f) > tonumber(e) then
                return nil
              end
              return i, tonumber(e), tonumber(f), tonumber(n), m
            end
            local function digits(number)
              return string.format('%.0f', number)
            end
            local function write(i, e, f, n, m)
              redis.call('SET', KEYS[1], '2 ' .. i .. ' ' .. digits(e) .. ' ' .. digits(f) .. ' ' .. digits(n) .. ' ' .. m)
            end
            local function renew(incarnation, m)
              redis.call('UNLINK', KEYS[2], KEYS[3])
              write(incarnation, 0, 0, 0, m)
              return incarnation, 0, 0, 0, m
            end
            local function head(incarnation)
              local here = master()
              local i, e, f, n, m = parse(redis.pcall('GET', KEYS[1]))
              if i and m == here and redis.pcall('ZCARD', KEYS[3]) == n then
                return i, e, f, n, m
              end
              return renew(incarnation, here)
            end
            """;

    /** KEYS: entry. Returns what stands there, the server, and its time in seconds and microseconds. */
    static final Script READ = new Script(MASTER + """
            local time = redis.call('TIME')
            local value = redis.pcall('GET', KEYS[1])
            return {type(value) == 'string' and value, master(), time[1], time[2]}
            """, ScriptOutputType.MULTI);

    /**
     * KEYS: entry. ARGV: lease, its life in ms, the beginning of what may be replaced, 1 to name the server. Returns as
     * {@link #READ} does; the server is empty if it is not to be named.
     */
    static final Script LEASE = new Script(MASTER + """
            local there = redis.pcall('GETRANGE', KEYS[1], 0, math.max(#ARGV[3], 1) - 1)
            local time = redis.call('TIME')
            local here = ARGV[4] == '1' and master() or ''
            if type(there) ~= 'string' or there == '' or there == ARGV[3] then
              redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
              return {ARGV[1], here, time[1], time[2]}
            end
            return {redis.call('GET', KEYS[1]), here, time[1], time[2]}
            """, ScriptOutputType.MULTI);

    /**
     * KEYS: entries, on one server. ARGV: the leases' life in ms; then for each entry a lease and the beginning of what may
     * be replaced. Returns the time in seconds and microseconds, then what stands under each entry.
     */
    static final Script LEASES = new Script("""
            local time = redis.call('TIME')
            local answer = {time[1], time[2]}
            for at = 1, #KEYS do
              local lease, over = ARGV[2 * at], ARGV[2 * at + 1]
              local there = redis.pcall('GETRANGE', KEYS[at], 0, math.max(#over, 1) - 1)
              if type(there) ~= 'string' or there == '' or there == over then
                redis.call('SET', KEYS[at], lease, 'PX', ARGV[1])
                answer[at + 2] = lease
              else
                answer[at + 2] = redis.call('GET', KEYS[at])
              end
            end
            return answer
            """, ScriptOutputType.MULTI);

    /**
     * KEYS: entries, on one server. ARGV: for each entry what {@link #STORE} has. Returns for each 1 if it was stored.
     */
    static final Script STORES = new Script("""
            local time = redis.call('TIME')
            local now = time[1] * 1000 + math.floor(time[2] / 1000)
            local answer = {}
            for at = 1, #KEYS do
              local first = 5 * at - 4
              local fence = ARGV[first]
              if redis.pcall('GETRANGE', KEYS[at], 0, #fence - 1) == fence then
                local until_ = now + ARGV[first + 2]
                local stamp = struct.pack('>I4I4', math.floor(until_ / 4294967296), until_ % 4294967296)
                redis.call('SET', KEYS[at], ARGV[first + 1] .. stamp .. ARGV[first + 3], 'PX', ARGV[first + 4])
                answer[at] = 1
              else
                answer[at] = 0
              end
            end
            return answer
            """, ScriptOutputType.MULTI);

    /**
     * KEYS: entry. ARGV: fence, front, ms for which it is fresh, rest, ms for which it lives. Stores where the fence
     * stands; returns 1 if it did.
     */
    static final Script STORE = new Script("""
            if redis.pcall('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then
              return 0
            end
            local time = redis.call('TIME')
            local until_ = time[1] * 1000 + math.floor(time[2] / 1000) + ARGV[3]
            local stamp = struct.pack('>I4I4', math.floor(until_ / 4294967296), until_ % 4294967296)
            redis.call('SET', KEYS[1], ARGV[2] .. stamp .. ARGV[4], 'PX', ARGV[5])
            return 1
            """, ScriptOutputType.INTEGER);

    /** KEYS: entry. ARGV: fence. Removes what stands there if it is that; returns 1 if it did. */
    static final Script REMOVE = new Script("""
            if redis.pcall('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then
              return 0
            end
            return redis.call('UNLINK', KEYS[1])
            """, ScriptOutputType.INTEGER);

    /** KEYS: claim. ARGV: its subject, its life in ms. Returns 0 if the same is claimed already. */
    static final Script CLAIM = new Script("""
            if redis.pcall('GET', KEYS[1]) == ARGV[1] then
              return 0
            end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return 1
            """, ScriptOutputType.INTEGER);

    /**
     * KEYS: entry. ARGV: generation. Makes a value due and gives it the generation, in its place; removes anything else.
     */
    static final Script MAKE_DUE = new Script(
            String.format(
                    Locale.ROOT,
                    """
            local there = redis.pcall('GETRANGE', KEYS[1], 0, %1$d)
            if type(there) == 'string' and #there == %2$d and string.sub(there, 1, %3$d) == '\\%4$d%5$c' then
              local flags = string.byte(there, %2$d)
              if flags %% %7$d < %6$d then
                flags = flags + %6$d
              end
              redis.call('SETRANGE', KEYS[1], %3$d, ARGV[1] .. string.char(flags))
            else
              redis.call('UNLINK', KEYS[1])
            end
            return 1
            """,
                    EntryLayout.FLAGS_AT,
                    EntryLayout.FLAGS_AT + 1,
                    EntryLayout.GENERATION_AT,
                    EntryLayout.VERSION,
                    (char) EntryLayout.VALUE,
                    EntryLayout.FLAG_DUE,
                    2 * EntryLayout.FLAG_DUE),
            ScriptOutputType.INTEGER);

    /**
     * KEYS: head, log, tombstones, and perhaps the known servers or an entry. ARGV: an incarnation to begin with, kind and
     * origin, subject, length of the log, most tombstones; a server, or for an entry nothing, and the beginning that it may
     * have. Issues an event, unless the server is known already; returns incarnation and epoch. An entry with another
     * beginning is removed: it was written between the change of this one and its event.
     *
     * <p>Past the bound, the oldest tombstones are forgotten, and the floor rises to the last of them: entries that were
     * older than it are dead for good.
     */
    static final Script EVENT = new Script(HEAD + """
            local i, e, f, n, m = head(ARGV[1])
            if KEYS[4] and ARGV[6] == '' then
              if ARGV[7] == '' or redis.pcall('GETRANGE', KEYS[4], 0, #ARGV[7] - 1) ~= ARGV[7] then
                redis.call('UNLINK', KEYS[4])
              end
            elseif KEYS[4] then
              local known = redis.pcall('ZSCORE', KEYS[4], ARGV[6])
              if type(known) == 'string' then
                return {i, digits(e)}
              elseif known then
                redis.call('UNLINK', KEYS[4])
              end
              redis.call('ZADD', KEYS[4], redis.call('TIME')[1], ARGV[6])
              if redis.call('ZCARD', KEYS[4]) > 1000 then
                redis.call('ZPOPMIN', KEYS[4])
              end
            end
            local function log()
              return redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', ARGV[4], digits(e + 1) .. '-0', ARGV[2], ARGV[3])
            end
            if type(log()) ~= 'string' then
              i, e, f, n, m = renew(ARGV[1], m)
              log()
            end
            e = e + 1
            local kind = string.sub(ARGV[2], 1, 1)
            if kind == 'e' then
              redis.call('UNLINK', KEYS[3])
              f = e
              n = 0
            elseif kind == 'p' or kind == 't' or kind == 's' then
              n = n + redis.call('ZADD', KEYS[3], digits(e), kind .. ARGV[3])
              if n > tonumber(ARGV[5]) then
                local gone = redis.call('ZPOPMIN', KEYS[3], math.min(n - tonumber(ARGV[5]), 8))
                for at = 2, #gone, 2 do
                  f = math.max(f, tonumber(gone[at]))
                  n = n - 1
                end
              end
            end
            write(i, e, f, n, m)
            return {i, digits(e)}
            """, ScriptOutputType.MULTI);

    /** KEYS: head, log, tombstones. ARGV: an incarnation to begin with. Returns incarnation, epoch. */
    static final Script VERIFY = new Script(HEAD + """
            local i, e = head(ARGV[1])
            return {i, digits(e)}
            """, ScriptOutputType.MULTI);

    /** KEYS: head, tombstones. Returns the head, the server, the number of tombstones, the time. Writes nothing. */
    static final Script STATE = new Script(MASTER + """
            local time = redis.call('TIME')
            local text = redis.pcall('GET', KEYS[1])
            local n = redis.pcall('ZCARD', KEYS[2])
            return {type(text) == 'string' and text, master(), type(n) == 'number' and n or -1, time[1], time[2]}
            """, ScriptOutputType.MULTI);

    /**
     * KEYS: claim, what was swept. ARGV: node, mark, life in ms. Claims, or claims for longer; returns 1 if it did.
     */
    static final Script CLAIM_SWEEP = new Script("""
            if redis.pcall('GET', KEYS[2]) == ARGV[2] then
              return 0
            end
            local owner = redis.pcall('GET', KEYS[1])
            if owner and owner ~= ARGV[1] then
              return 0
            end
            redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[3])
            return 1
            """, ScriptOutputType.INTEGER);

    private static final int MAXIMUM_ATTEMPTS = 50;
    private static final long PAUSE_MILLIS = 10;

    private final byte[] source;
    private final String digest;
    private final ScriptOutputType output;

    private Script(String source, ScriptOutputType output) {
        this.source = source.getBytes(StandardCharsets.UTF_8);
        this.output = output;
        try {
            this.digest =
                    HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(this.source));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-1", e);
        }
    }

    /** Runs the script. */
    <T> CompletionStage<T> run(RedisClusterAsyncCommands<byte[], byte[]> commands, byte[][] keys, byte[]... arguments) {
        return run(commands, keys, arguments, MAXIMUM_ATTEMPTS);
    }

    private <T> CompletionStage<T> run(
            RedisClusterAsyncCommands<byte[], byte[]> commands, byte[][] keys, byte[][] arguments, int attempts) {
        CompletionStage<T> first = commands.evalsha(digest, output, keys, arguments);
        return first.handle((result, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(result);
                    }
                    Throwable cause = Envelope.cause(failure);
                    if (cause instanceof RedisNoScriptException) {
                        CompletionStage<T> full = commands.eval(source, output, keys, arguments);
                        return full.toCompletableFuture();
                    }
                    if (attempts > 1 && isToBeTriedAgain(cause)) {
                        return later(() -> this.<T>run(commands, keys, arguments, attempts - 1));
                    }
                    return CompletableFuture.<T>failedFuture(failure);
                })
                .thenCompose(result -> result);
    }

    private static boolean isToBeTriedAgain(@Nullable Throwable failure) {
        String message = failure == null ? null : failure.getMessage();
        return message != null && message.startsWith("TRYAGAIN");
    }

    /** While a slot moves, some of its keys are here and some are there, for a short time. */
    private static <T> CompletableFuture<T> later(Supplier<CompletionStage<T>> attempt) {
        Executor pause = CompletableFuture.delayedExecutor(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        return CompletableFuture.supplyAsync(attempt, pause).thenCompose(answer -> answer);
    }
}
