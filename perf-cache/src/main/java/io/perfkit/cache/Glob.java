package io.perfkit.cache;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pattern with exactly the meaning it has in Redis's {@code KEYS}: {@code *} any bytes, {@code ?} one byte,
 * {@code [abc]}, {@code [a-z]}, {@code [^a]} one byte of a set, {@code \} the next byte as it is. Immutable.
 *
 * <p>Redis matches bytes, so a pattern and a key are compared in UTF-8: a {@code ?} does not match an {@code é}, which
 * has two bytes. Keys of ASCII characters only, the usual case, are compared as they are.
 *
 * <p>A pattern becomes a list of tokens, each matching one byte, and stars between them. Matching keeps one position
 * to go back to, the last star: whatever an earlier star could still try, the last one can absorb. That takes
 * O(key × pattern) steps at worst, where matching by recursion takes exponentially many.
 *
 * <p>Corner cases follow the server: an unclosed set ends with the pattern, a backslash at the very end is itself, the
 * ends of a range may come in either order, an empty key is matched by the empty pattern and by a lone star only.
 */
final class Glob {

    private static final int ANY = -1;
    private static final int STAR = -2;
    private static final int SET = -3;

    private final String pattern;
    private final int[] tokens;
    private final @Nullable BitSet[] sets;
    private final String prefix;

    private Glob(String pattern, int[] tokens, @Nullable BitSet[] sets) {
        this.pattern = pattern;
        this.tokens = tokens;
        this.sets = sets;
        this.prefix = literal(tokens, leadingLiterals(tokens));
    }

    static Glob of(String pattern) {
        List<Integer> tokens = new ArrayList<>();
        List<@Nullable BitSet> sets = new ArrayList<>();
        String bytes = bytes(pattern);
        int end = bytes.length();
        int i = 0;
        while (i < end) {
            char c = bytes.charAt(i);
            int token = c;
            BitSet set = null;
            if (c == '*') {
                token = STAR;
            } else if (c == '?') {
                token = ANY;
            } else if (c == '[') {
                token = SET;
                set = new BitSet(256);
                i = set(bytes, i + 1, set);
            } else if (c == '\\' && i + 1 < end) {
                i++;
                token = bytes.charAt(i);
            }
            i++;
            if (token != STAR || tokens.isEmpty() || tokens.get(tokens.size() - 1) != STAR) {
                tokens.add(token);
                sets.add(set);
            }
        }
        int[] array = tokens.stream().mapToInt(Integer::intValue).toArray();
        return new Glob(pattern, array, sets.toArray(new BitSet[0]));
    }

    /** The pattern that matches a text and nothing else, wherever in a pattern it is put. */
    static String escape(String text) {
        StringBuilder out = new StringBuilder(text.length() + 8);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if ("*?[]^-\\".indexOf(c) >= 0) {
                out.append('\\');
            }
            out.append(c);
        }
        return out.toString();
    }

    String pattern() {
        return pattern;
    }

    /** Whether this is a lone star, which matches every key. */
    boolean matchesEverything() {
        return pattern.equals("*");
    }

    /** The bytes, one character each, that every match begins with. */
    String prefix() {
        return prefix;
    }

    /** Whether every key with the {@link #prefix} matches, and no other. */
    boolean isPrefix() {
        int length = prefix.length();
        // The empty key is matched by a lone star, but not by several.
        return tokens.length == length + 1 && tokens[length] == STAR && (length > 0 || matchesEverything());
    }

    /** The only key that this pattern matches, or null if it may match more than one. */
    @Nullable
    String plainKey() {
        if (leadingLiterals(tokens) < tokens.length) {
            return null;
        }
        return new String(prefix.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    boolean matches(String key) {
        return matchesBytes(bytes(key));
    }

    /** Whether the pattern matches a key that is given by its {@link #bytes}. */
    boolean matchesBytes(String bytes) {
        if (bytes.isEmpty()) {
            return pattern.isEmpty() || matchesEverything();
        }
        if (!bytes.startsWith(prefix)) {
            return false;
        }
        int length = bytes.length();
        int at = prefix.length();
        int token = at;
        int starToken = -1;
        int starAt = -1;
        while (at < length) {
            if (token < tokens.length && tokens[token] == STAR) {
                starToken = token++;
                starAt = at;
            } else if (token < tokens.length && matchesOne(token, bytes.charAt(at))) {
                token++;
                at++;
            } else if (starToken >= 0) {
                token = starToken + 1;
                at = ++starAt;
            } else {
                return false;
            }
        }
        while (token < tokens.length && tokens[token] == STAR) {
            token++;
        }
        return token == tokens.length;
    }

    private boolean matchesOne(int token, char b) {
        BitSet set = sets[token];
        return set != null ? set.get(b) : tokens[token] == ANY || tokens[token] == b;
    }

    /** Fills a set from what follows its bracket, and returns the position of the bracket that closes it. */
    private static int set(String bytes, int start, BitSet set) {
        int end = bytes.length();
        int i = start;
        boolean not = i < end && bytes.charAt(i) == '^';
        if (not) {
            i++;
        }
        while (i < end && bytes.charAt(i) != ']') {
            if (bytes.charAt(i) == '\\' && i + 1 < end) {
                set.set(bytes.charAt(++i));
            } else if (i + 2 < end && bytes.charAt(i + 1) == '-') {
                range(bytes.charAt(i), bytes.charAt(i + 2), not, set);
                i += 2;
            } else {
                set.set(bytes.charAt(i));
            }
            i++;
        }
        if (not) {
            set.flip(0, 256);
        }
        return i;
    }

    /**
     * Adds a range. Whether a byte above 127 counts as negative there depends on the machine that Redis was built for.
     * A pattern should rather match too much than too little, so in a set it counts as both, in an excluded one as
     * whatever excludes less.
     */
    private static void range(char from, char to, boolean not, BitSet set) {
        for (int b = 0; b < 256; b++) {
            boolean unsigned = Math.min(from, to) <= b && b <= Math.max(from, to);
            byte lower = (byte) from < (byte) to ? (byte) from : (byte) to;
            byte upper = (byte) from < (byte) to ? (byte) to : (byte) from;
            boolean signed = lower <= (byte) b && (byte) b <= upper;
            if (not ? unsigned && signed : unsigned || signed) {
                set.set(b);
            }
        }
    }

    private static int leadingLiterals(int[] tokens) {
        int n = 0;
        while (n < tokens.length && tokens[n] >= 0) {
            n++;
        }
        return n;
    }

    private static String literal(int[] tokens, int count) {
        StringBuilder result = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            result.append((char) tokens[i]);
        }
        return result.toString();
    }

    /** The UTF-8 bytes of a text, one character each; the text itself if it is ASCII. */
    static String bytes(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
            }
        }
        return text;
    }

    @Override
    public String toString() {
        return pattern;
    }
}
