package io.perfkit.batching.jobs.internal;

import org.jspecify.annotations.Nullable;

/** A failure in a few words that any database takes. */
public final class Reasons {
    private static final int LONGEST = 2_000;
    private static final int CAUSES = 5;

    private Reasons() {}

    /** What failed, and what caused it. Throws nothing, whatever the exception does. */
    public static String of(Throwable failure) {
        StringBuilder text = new StringBuilder();
        Throwable each = failure;
        for (int i = 0; each != null && i < CAUSES && text.length() < LONGEST; i++) {
            text.append(i == 0 ? "" : "; caused by ").append(name(each));
            Throwable cause = cause(each);
            each = cause == each ? null : cause;
        }
        return clean(text.toString());
    }

    private static String name(Throwable failure) {
        try {
            return failure.toString();
        } catch (Throwable e) {
            return failure.getClass().getName() + ", which cannot say why";
        }
    }

    private static @Nullable Throwable cause(Throwable failure) {
        try {
            return failure.getCause();
        } catch (Throwable e) {
            return null;
        }
    }

    /** PostgreSQL takes no zero character, and no database half of a surrogate pair. */
    public static String clean(String text) {
        StringBuilder clean = new StringBuilder(Math.min(text.length(), LONGEST));
        text.codePoints()
                .limit(LONGEST)
                .map(c -> c == 0 || (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) ? 0xFFFD : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }
}
