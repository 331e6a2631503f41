package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.perfkit.cache.Parsed.Kind;
import io.perfkit.cache.spi.EntryLayout;
import io.perfkit.cache.spi.SharedTier.Head;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Hostile bytes are misses: no exception, and no more memory than a few times their own size. */
class EntryFormatFuzzTest {

    private static final int ROUNDS = 1_000_000;

    private static List<byte[]> seeds() throws IOException {
        EntryFormat format = new EntryFormat();
        List<byte[]> seeds = new ArrayList<>(List.of(format.lease(), format.putFence()));
        byte[] text = "some text, some text, some text, some text".getBytes(StandardCharsets.UTF_8);
        byte[] gzip = Gzip.INSTANCE.compress(text);
        byte[] compressed = ByteBuffer.allocate(4 + gzip.length)
                .putInt(text.length)
                .put(gzip)
                .array();
        Head head = new Head(77, 99);
        for (List<String> tags : List.of(List.<String>of(), List.of("red"), List.of("größe", "", "x".repeat(50)))) {
            Life life = new Life(60_000_000_000L, 1, 2, 3, tags);
            seeds.add(EntryFormatTest.stamped(format.value(head, 0, life, new Encoded(text, false, false)), 4));
            seeds.add(EntryFormatTest.stamped(format.value(head, 0, life, new Encoded(compressed, false, true)), 4));
            seeds.add(EntryFormatTest.stamped(format.value(head, 0, life, new Encoded(new byte[0], true, false)), 4));
        }
        return seeds;
    }

    private static byte[] mutated(byte[] seed, SplittableRandom random) {
        byte[] bytes = seed.clone();
        int changes = 1 + random.nextInt(4);
        for (int i = 0; i < changes; i++) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(5)) {
                case 0 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> bytes[at] = (byte) random.nextInt(256);
                case 2 -> bytes[at] = (byte) (random.nextBoolean() ? 0xff : 0x7f);
                // The parts that decide: flags, schema, numbers, tags.
                case 3 -> bytes[Math.min(bytes.length - 1, 18 + random.nextInt(60))] = (byte) random.nextInt(256);
                default -> bytes = java.util.Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length + 8));
            }
        }
        return bytes;
    }

    @Test
    void parse_mutatedEntries_areMissesWithinTheirMemory() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<byte[]> seeds = seeds();
        SplittableRandom random = new SplittableRandom(4711);
        int values = 0;
        int foreign = 0;
        long most = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = mutated(seeds.get(random.nextInt(seeds.size())), random);
            long before = threads.getCurrentThreadAllocatedBytes();
            Parsed parsed = EntryFormat.parse(bytes, 0);
            most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
            if (parsed instanceof Parsed.Value value) {
                values++;
                assertThat(value.valueAt()).isBetween(EntryLayout.FIXED_LENGTH, bytes.length);
                assertThat(parsed.fence()).hasSize(EntryLayout.FENCE_LENGTH);
            } else if (EntryFormatTest.kind(parsed) == Kind.FOREIGN) {
                foreign++;
            }
        }
        assertThat(values).isGreaterThan(ROUNDS / 20);
        assertThat(foreign).isGreaterThan(ROUNDS / 20);
        // Bytes of at most 300, read by a decoder with a buffer of its own for each tag, and now and then by the JIT.
        assertThat(most).isLessThan(100_000);
    }

    @Test
    void decompress_mutated_failsWithinItsMemory() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] text = "some text, some text, some text, some text".getBytes(StandardCharsets.UTF_8);
        byte[] gzip = Gzip.INSTANCE.compress(text);
        SplittableRandom random = new SplittableRandom(4712);
        long most = 0;
        int failures = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = mutated(gzip, random);
            int size = random.nextInt(4) == 0 ? random.nextInt(EntryFormat.MAXIMUM_ENTRY_SIZE) : text.length;
            long before = threads.getCurrentThreadAllocatedBytes();
            try {
                assertThat(Gzip.INSTANCE.decompress(bytes, size)).hasSize(size);
            } catch (IOException e) {
                failures++;
            }
            most = Math.max(most, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(failures).isGreaterThan(5_000);
        assertThat(most).isLessThan(300_000);
    }

    @Test
    void decompress_bomb_stopsAtWhatTheEntryClaims() throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        byte[] bomb = Gzip.INSTANCE.compress(new byte[64 << 20]);
        long before = threads.getCurrentThreadAllocatedBytes();
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> Gzip.INSTANCE.decompress(bomb, 1_000))
                .isInstanceOf(IOException.class);
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> Gzip.INSTANCE.decompress(new byte[30], EntryFormat.MAXIMUM_ENTRY_SIZE))
                .isInstanceOf(IOException.class);
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(2_000_000);
    }
}
