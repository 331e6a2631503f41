package io.perfkit.cache.redis;

import io.lettuce.core.StreamMessage;
import io.perfkit.cache.spi.SharedTier.Event;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import io.perfkit.cache.spi.SharedTier.Reading;
import io.perfkit.cache.spi.SharedTier.Tombstone;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What the server's answers mean, and how arguments are written. */
final class Answers {

    private Answers() {}

    /** Of {@link Script#READ} and {@link Script#LEASE}: bytes, server, seconds, microseconds. */
    static Reading reading(List<Object> answer, @Nullable Head head) {
        String master = text(answer.get(1));
        return master.isEmpty()
                ? new Reading((byte[]) answer.get(0), head, null, -1)
                : new Reading((byte[]) answer.get(0), head, master, millis(answer, 2));
    }

    /** Of {@link Script#LEASES}. */
    static List<Reading> readings(List<Object> answer, int expected) {
        if (answer.size() != expected + 2) {
            throw new IllegalStateException(
                    "Leases of " + expected + " entries had " + (answer.size() - 2) + " answers");
        }
        List<Reading> readings = new ArrayList<>(expected);
        long millis = millis(answer, 0);
        for (Object bytes : answer.subList(2, answer.size())) {
            readings.add(new Reading((byte[]) bytes, null, null, millis));
        }
        return readings;
    }

    /** Of {@link Script#EVENT} and {@link Script#VERIFY}. */
    static Head head(List<Object> answer) {
        return new Head(Long.parseUnsignedLong(text(answer.get(0)), 16), Long.parseLong(text(answer.get(1))));
    }

    /** Of {@link Script#STATE}: the head, unless this is another server than its, or tombstones were lost. */
    static @Nullable HeadText confirmedHead(List<Object> answer) {
        HeadText head = HeadText.parse((byte[]) answer.get(0));
        return head != null && head.master().equals(text(answer.get(1))) && head.tombstones() == (Long) answer.get(2)
                ? head
                : null;
    }

    /** The answer of TIME, at an index. */
    static long millis(List<Object> answer, int at) {
        return Long.parseLong(text(answer.get(at))) * 1_000 + Long.parseLong(text(answer.get(at + 1))) / 1_000;
    }

    /** The servers in several answers of INFO. */
    static List<String> masters(List<String> answers) {
        String field = "master_replid:";
        return answers.stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith(field))
                .map(line -> line.substring(field.length()).strip())
                .toList();
    }

    static char letter(Kind kind) {
        return switch (kind) {
            case KEY -> 'k';
            case PATTERN -> 'p';
            case TAG -> 't';
            case EVERYTHING -> 'e';
            case DUE_KEY -> 'x';
            case DUE_PATTERN -> 's';
        };
    }

    private static Kind kind(char letter) {
        return switch (letter) {
            case 'k' -> Kind.KEY;
            case 'p' -> Kind.PATTERN;
            case 't' -> Kind.TAG;
            case 'x' -> Kind.DUE_KEY;
            case 's' -> Kind.DUE_PATTERN;
            // A kind of a later version: too much is safe, too little is not.
            default -> Kind.EVERYTHING;
        };
    }

    static Tombstone tombstone(long epoch, byte[] member) {
        String text = text(member);
        return text.isEmpty()
                ? new Tombstone(epoch, Kind.EVERYTHING, "")
                : new Tombstone(epoch, kind(text.charAt(0)), text.substring(1));
    }

    static List<Event> events(List<StreamMessage<byte[], byte[]>> messages) {
        List<Event> events = new ArrayList<>(messages.size());
        for (StreamMessage<byte[], byte[]> message : messages) {
            String id = message.getId();
            long epoch = Long.parseLong(id, 0, id.indexOf('-'), 10);
            message.getBody().forEach((field, subject) -> {
                String kindAndOrigin = text(field);
                events.add(
                        kindAndOrigin.isEmpty()
                                ? new Event(epoch, Kind.EVERYTHING, "", "")
                                : new Event(
                                        epoch,
                                        kind(kindAndOrigin.charAt(0)),
                                        text(subject),
                                        kindAndOrigin.substring(1)));
            });
        }
        return events;
    }

    /** One list of several that are on their way. */
    static <T> CompletableFuture<List<T>> concatenated(List<CompletableFuture<List<T>>> parts) {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return CompletableFuture.allOf(parts.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> {
                    List<T> all = new ArrayList<>();
                    for (CompletableFuture<List<T>> part : parts) {
                        all.addAll(part.join());
                    }
                    return all;
                });
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
