package io.perfkit.batching;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * A process that goes through numbers in chunks until it is done or killed, and goes on where the one before it was. What
 * a chunk brings about, and the record that it did, are one line of a file, written at once.
 */
final class ChunksProcess {
    static final int FAILING_CHUNK = 7;

    private ChunksProcess() {}

    static Path effects(Path directory) {
        return directory.resolve("effects");
    }

    static Path checkpoint(Path directory) {
        return directory.resolve("checkpoint");
    }

    /** The numbers of the chunks whose effect is there. */
    static List<Long> recorded(Path directory) throws IOException {
        if (!Files.exists(effects(directory))) {
            return List.of();
        }
        String text = Files.readString(effects(directory));
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .map(line -> Long.valueOf(line.substring(0, line.indexOf(' '))))
                .toList();
    }

    /** Where, how many items, how large a chunk, and whether this is the last run: no other comes to the end. */
    public static void main(String[] arguments) throws IOException {
        Path directory = Path.of(arguments[0]);
        long items = Long.parseLong(arguments[1]);
        int size = Integer.parseInt(arguments[2]);
        boolean isLast = Boolean.parseBoolean(arguments[3]);
        long lastChunk = (items - 1) / size;
        Set<Long> recorded = recorded(directory).stream().collect(Collectors.toSet());
        ChunksCheckpoint checkpoint = Files.exists(checkpoint(directory))
                ? ChunksCheckpoint.parse(Files.readString(checkpoint(directory)))
                : ChunksCheckpoint.none(size);
        long from = checkpoint.position();
        try (FileChannel effects = FileChannel.open(
                effects(directory), StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
            ChunksReport report = Chunks.<Long>builder(
                            LongStream.range(from, items).boxed(), size)
                    .workers(4)
                    .totalItems(items)
                    .startingAt(from)
                    .resume(checkpoint)
                    .skipChunks(recorded::contains)
                    .listener(new ChunksListener() {
                        @Override
                        public void chunkDone(ChunksCheckpoint done, ChunksStats stats) {
                            store(directory, done);
                        }
                    })
                    .build()
                    .forEach(chunk -> {
                        if (!isLast && chunk.number() == FAILING_CHUNK) {
                            throw new IllegalStateException("a bad row");
                        }
                        if (!isLast && chunk.number() == lastChunk) {
                            new CountDownLatch(1).await();
                        }
                        long sum = 0;
                        for (long item : chunk.items()) {
                            sum += item;
                        }
                        String line = chunk.number() + " " + chunk.items().size() + " " + sum + "\n";
                        effects.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
                    });
            System.out.println("from " + from + " to the end: " + report.isComplete() + ", " + report.items()
                    + " items, failures " + report.failures());
        }
    }

    private static void store(Path directory, ChunksCheckpoint done) {
        try {
            Path next = directory.resolve("checkpoint.next");
            Files.writeString(next, done.toString());
            Files.move(
                    next, checkpoint(directory), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
