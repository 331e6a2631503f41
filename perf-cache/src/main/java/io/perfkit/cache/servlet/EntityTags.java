package io.perfkit.cache.servlet;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;

/** Entity tags (RFC 9110, 8.8.3): computed from a body, and compared with what a client has. */
final class EntityTags {

    private static final int BYTES = 16;

    private EntityTags() {}

    /** A strong tag: half a SHA-256 of the bytes as they are sent, so each encoding of a resource has its own. */
    static String of(byte[] body) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(body);
            return '"' + HexFormat.of().formatHex(digest, 0, BYTES) + '"';
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }

    /** Whether one of the tags of {@code If-None-Match} names this one, by the weak comparison. A backslash escapes nothing in it. */
    static boolean matches(Collection<String> ifNoneMatch, String tag) {
        if (ifNoneMatch.size() == 1 && ifNoneMatch.iterator().next().trim().equals("*")) {
            return true;
        }
        String wanted = opaque(tag);
        for (String line : ifNoneMatch) {
            int open = line.indexOf('"');
            while (open >= 0) {
                int close = line.indexOf('"', open + 1);
                if (close < 0) {
                    break;
                }
                if (line.substring(open, close + 1).equals(wanted)) {
                    return true;
                }
                open = line.indexOf('"', close + 1);
            }
        }
        return false;
    }

    private static String opaque(String tag) {
        return tag.startsWith("W/") ? tag.substring(2) : tag;
    }
}
