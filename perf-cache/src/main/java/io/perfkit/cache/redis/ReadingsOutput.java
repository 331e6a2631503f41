package io.perfkit.cache.redis;

import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.output.CommandOutput;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Reading;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answer of {@code MGET} of a head and then entries, made into readings as it arrives. A hit is this answer, so
 * nothing stands between the bytes and the readings. An answer of another shape is a failure of the command: Lettuce's
 * base class refuses what is not a string.
 */
final class ReadingsOutput extends CommandOutput<byte[], byte[], List<Reading>> {

    private final HeadText.Memory heads;
    private boolean headIsNext = true;
    private @Nullable Head head;

    ReadingsOutput(HeadText.Memory heads, int entries) {
        super(ByteArrayCodec.INSTANCE, new ArrayList<>(entries));
        this.heads = heads;
    }

    @Override
    public void set(@Nullable ByteBuffer bytes) {
        if (headIsNext) {
            headIsNext = false;
            HeadText text = bytes == null ? null : heads.parse(bytes);
            head = text == null ? null : text.head();
        } else {
            output.add(new Reading(bytes == null ? null : codec.decodeValue(bytes), head, null, -1));
        }
    }
}
