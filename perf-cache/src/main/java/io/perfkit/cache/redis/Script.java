package io.perfkit.cache.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** A Lua script, sent by its digest, and in full only to a server that does not know it. */
final class Script {

    /** KEYS: entry. ARGV: lease, its life in ms, largest size. Returns what stands there and its remaining life. */
    static final Script READ = new Script("""
            local size = redis.call('STRLEN', KEYS[1])
            if size == 0 then
              redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
              return {ARGV[1], tonumber(ARGV[2])}
            end
            local life = redis.call('PTTL', KEYS[1])
            if size > tonumber(ARGV[3]) then
              return {'', life}
            end
            return {redis.call('GET', KEYS[1]), life}
            """, ScriptOutputType.MULTI);

    /** KEYS: entry. ARGV: fence, entry, life in ms. Stores where the fence stands; returns 1 if it did. */
    static final Script STORE = new Script("""
            if redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then
              return 0
            end
            redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
            return 1
            """, ScriptOutputType.INTEGER);

    /**
     * KEYS: head, log. ARGV: an incarnation to begin with, kind and origin, subject, length of the log, most patterns.
     * Issues an event; returns incarnation and epoch.
     *
     * <p>Past the bound, patterns of the older half of the epochs are forgotten and the floor rises to the highest of
     * them: entries that were older than any of them are dead for good.
     */
    static final Script EVENT = new Script("""
            local head, log = KEYS[1], KEYS[2]
            local incarnation = redis.call('HGET', head, 'i')
            if not incarnation then
              redis.call('DEL', head, log)
              incarnation = ARGV[1]
              redis.call('HSET', head, 'i', incarnation, 'e', '0', 'f', '0')
            end
            local epoch = string.format('%.0f', redis.call('HINCRBY', head, 'e', 1))
            redis.call('XADD', log, 'MAXLEN', '~', ARGV[4], epoch .. '-0', ARGV[2], ARGV[3])
            local kind = string.sub(ARGV[2], 1, 1)
            if kind == 'e' then
              redis.call('DEL', head)
              redis.call('HSET', head, 'i', incarnation, 'e', epoch, 'f', epoch)
            elseif kind == 'p' then
              redis.call('HSET', head, 'p' .. ARGV[3], epoch)
              if redis.call('HLEN', head) > tonumber(ARGV[5]) + 3 then
                local all = redis.call('HGETALL', head)
                local first = tonumber(epoch)
                for i = 1, #all, 2 do
                  if string.sub(all[i], 1, 1) == 'p' then
                    first = math.min(first, tonumber(all[i + 1]))
                  end
                end
                local middle = math.floor((first + tonumber(epoch)) / 2)
                local floor = tonumber(redis.call('HGET', head, 'f'))
                for i = 1, #all, 2 do
                  if string.sub(all[i], 1, 1) == 'p' and tonumber(all[i + 1]) <= middle then
                    floor = math.max(floor, tonumber(all[i + 1]))
                    redis.call('HDEL', head, all[i])
                  end
                end
                redis.call('HSET', head, 'f', string.format('%.0f', floor))
              end
            end
            return {incarnation, epoch}
            """, ScriptOutputType.MULTI);

    /** KEYS: head, log. ARGV: an incarnation to begin with. Returns the whole head. */
    static final Script SNAPSHOT = new Script("""
            if redis.call('HEXISTS', KEYS[1], 'i') == 0 then
              redis.call('DEL', KEYS[1], KEYS[2])
              redis.call('HSET', KEYS[1], 'i', ARGV[1], 'e', '0', 'f', '0')
            end
            return redis.call('HGETALL', KEYS[1])
            """, ScriptOutputType.MULTI);

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

    /** Runs the script. Cancelling the result cancels the command. */
    <T> CompletionStage<T> run(RedisClusterAsyncCommands<byte[], byte[]> commands, byte[][] keys, byte[]... arguments) {
        CompletionStage<T> first = commands.evalsha(digest, output, keys, arguments);
        return first.handle((result, failure) -> {
                    if (failure == null) {
                        return CompletableFuture.completedFuture(result);
                    }
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (!(cause instanceof RedisNoScriptException)) {
                        return CompletableFuture.<T>failedFuture(failure);
                    }
                    CompletionStage<T> full = commands.eval(source, output, keys, arguments);
                    return full.toCompletableFuture();
                })
                .thenCompose(result -> result);
    }
}
