package io.perfkit.cache.redis;

import io.perfkit.cache.CacheRegion;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The names of one region's keys in Redis. */
final class RegionKeys {

    final byte[] head;
    final byte[] log;
    final byte[] dead;
    final byte[] masters;
    final byte[] sweep;
    final byte[] swept;

    private final String entryPrefix;

    RegionKeys(String cache, String region) {
        String order = "perfkit:cache:{" + cache + ":" + region + "}:";
        head = utf8(order + "head");
        log = utf8(order + "log");
        dead = utf8(order + "dead");
        masters = utf8(order + "masters");
        sweep = utf8(order + "sweep");
        swept = utf8(order + "swept");
        // The colon inside keeps the hash tag from being empty when a key begins with a closing brace.
        entryPrefix = "perfkit:cache:" + cache + ":" + region + ":{:";
    }

    byte[] entry(String key) {
        return utf8(entryPrefix + key + "}");
    }

    /** In the slot of the entry. No entry is named like this: entries end with a brace. */
    byte[] claim(String key) {
        return utf8(entryPrefix + key + "}:refresh");
    }

    /** A pattern for the entries of all keys that a glob matches, and perhaps of others. */
    String entries(String glob) {
        // An unclosed set or a last backslash would swallow the brace behind it.
        boolean open = glob.indexOf('[') >= 0 || glob.endsWith("\\");
        return CacheRegion.escape(entryPrefix) + (open ? "*" : glob) + "}";
    }

    /** The key of an entry, or null if this is the name of something else. */
    @Nullable
    String keyOf(byte[] entry) {
        byte[] prefix = utf8(entryPrefix);
        int length = entry.length - prefix.length - 1;
        if (length < 0
                || entry[entry.length - 1] != '}'
                || !Arrays.equals(entry, 0, prefix.length, prefix, 0, prefix.length)) {
            return null;
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(entry, prefix.length, length))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
