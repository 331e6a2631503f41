package io.perfkit.cache;

import java.util.ArrayList;
import java.util.List;

/** What {@link Tombstones} means: a plain list, every pattern tried on every key. */
public final class TombstonesModel {

    private enum Kind {
        HARD,
        SOFT,
        TAG
    }

    private record Tombstone(long epoch, Kind kind, String subject) {

        boolean matches(String key) {
            return kind != Kind.TAG && Glob.of(subject).matches(key);
        }

        /** {@code a*} and {@code a**} are the same pattern. */
        String identity() {
            Glob glob = Glob.of(subject);
            return kind != Kind.TAG && glob.isPrefix() ? kind + " prefix " + glob.prefix() : kind + " is " + subject;
        }
    }

    private final int limit;
    private long epoch;
    private long floor;
    private long dueFloor;
    private final List<Tombstone> tombstones = new ArrayList<>();

    TombstonesModel(int limit, long floor) {
        this.limit = limit;
        this.epoch = floor;
        this.floor = floor;
        this.dueFloor = floor;
    }

    long epoch() {
        return epoch;
    }

    int size() {
        return tombstones.size();
    }

    void add(String pattern, long at) {
        add(new Tombstone(at, Kind.HARD, pattern));
    }

    void addDue(String pattern, long at) {
        add(new Tombstone(at, Kind.SOFT, pattern));
    }

    void addTag(String tag, long at) {
        add(new Tombstone(at, Kind.TAG, tag));
    }

    private void add(Tombstone added) {
        epoch = Math.max(epoch, added.epoch);
        Tombstone kept = added;
        for (Tombstone t : List.copyOf(tombstones)) {
            if (t.identity().equals(added.identity())) {
                tombstones.remove(t);
                kept = t.epoch > kept.epoch ? t : kept;
            }
        }
        tombstones.add(kept);
        while (tombstones.size() > limit) {
            forgetUpTo(tombstones.stream().mapToLong(Tombstone::epoch).min().orElseThrow());
        }
    }

    void clear(long at) {
        epoch = Math.max(epoch, at);
        floor = Math.max(floor, at);
        tombstones.removeIf(t -> t.epoch <= at);
    }

    void forgetUpTo(long bound) {
        for (Tombstone t : List.copyOf(tombstones)) {
            if (t.epoch <= bound) {
                tombstones.remove(t);
                if (t.kind == Kind.SOFT) {
                    dueFloor = Math.max(dueFloor, t.epoch);
                } else {
                    floor = Math.max(floor, t.epoch);
                }
            }
        }
    }

    boolean kills(String key, List<String> tags, long since) {
        return floor > since
                || tombstones.stream()
                        .anyMatch(t -> t.epoch > since
                                && (t.kind == Kind.HARD && t.matches(key)
                                        || t.kind == Kind.TAG && tags.contains(t.subject)));
    }

    boolean killsLoad(String key, long since) {
        return floor > since
                || dueFloor > since
                || tombstones.stream().anyMatch(t -> t.epoch > since && (t.kind == Kind.TAG || t.matches(key)));
    }

    boolean makesDue(String key, long since) {
        return dueFloor > since
                || tombstones.stream().anyMatch(t -> t.epoch > since && t.kind == Kind.SOFT && t.matches(key));
    }
}
