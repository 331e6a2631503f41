package io.perfkit.batching;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of a source are done: all before one, and some beyond it, because workers overtake each other and chunks
 * fail. It has a text form, {@link #toString} and {@link #parse}, that later versions keep on reading; its length grows
 * with the number of gaps. Immutable.
 */
public final class ChunksCheckpoint {
    private static final Pattern TEXT =
            Pattern.compile("1:([1-9]\\d{0,8}):(\\d{1,18})((?:,\\d{1,18}(?:-\\d{1,18})?)*)");

    private final int size;
    private final long before;

    /** Runs of chunks, from the first to the last of each; they neither touch nor overlap. */
    private final NavigableMap<Long, Long> beyond;

    private ChunksCheckpoint(int size, long before, NavigableMap<Long, Long> beyond) {
        this.size = size;
        this.before = before;
        this.beyond = beyond;
    }

    /** Nothing is done. */
    static ChunksCheckpoint none(int size) {
        return new ChunksCheckpoint(size, 0, Collections.emptyNavigableMap());
    }

    /**
     * Reads the text form.
     *
     * @param text what {@link #toString} returned
     * @return the checkpoint
     * @throws IllegalArgumentException if it is none
     */
    public static ChunksCheckpoint parse(String text) {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "a checkpoint reads as its toString (1:SIZE:NUMBER,NUMBER-NUMBER), but was " + text
                            + "; without a checkpoint a run begins at the first item");
        }
        ChunksCheckpoint read = new ChunksCheckpoint(
                Integer.parseInt(matcher.group(1)), Long.parseLong(matcher.group(2)), Collections.emptyNavigableMap());
        for (String run : matcher.group(3).split(",", -1)) {
            if (!run.isEmpty()) {
                String[] ends = run.split("-", -1);
                read = read.with(Long.parseLong(ends[0]), Long.parseLong(ends[ends.length - 1]));
            }
        }
        return read;
    }

    ChunksCheckpoint with(long number) {
        return with(number, number);
    }

    private ChunksCheckpoint with(long from, long to) {
        if (to < from || to < before) {
            return this;
        }
        NavigableMap<Long, Long> runs = new TreeMap<>(beyond);
        long first = Math.max(from, before);
        long last = to;
        var below = runs.floorEntry(first);
        if (below != null && below.getValue() >= first - 1) {
            first = below.getKey();
            last = Math.max(last, below.getValue());
        }
        for (var above = runs.ceilingEntry(first); above != null && above.getKey() <= last + 1; ) {
            last = Math.max(last, above.getValue());
            runs.remove(above.getKey());
            above = runs.ceilingEntry(first);
        }
        if (first <= before) {
            return new ChunksCheckpoint(size, last + 1, runs);
        }
        runs.put(first, last);
        return new ChunksCheckpoint(size, before, runs);
    }

    boolean isDone(long number) {
        var run = beyond.floorEntry(number);
        return number < before || (run != null && number <= run.getValue());
    }

    int size() {
        return size;
    }

    /**
     * How many items of the source are done for certain and without a gap: a source that can begin anywhere may begin
     * there, with {@code startingAt} of the builder.
     *
     * @return the position of the first item that is not
     */
    public long position() {
        return before * size;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ChunksCheckpoint that
                && size == that.size
                && before == that.before
                && beyond.equals(that.beyond);
    }

    @Override
    public int hashCode() {
        return Objects.hash(size, before, beyond);
    }

    @Override
    public String toString() {
        return "1:" + size + ":" + before
                + beyond.entrySet().stream()
                        .map(run ->
                                "," + run.getKey() + (run.getKey().equals(run.getValue()) ? "" : "-" + run.getValue()))
                        .collect(Collectors.joining());
    }
}
