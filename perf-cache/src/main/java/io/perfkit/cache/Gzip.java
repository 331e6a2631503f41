package io.perfkit.cache;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/** Gzip, with bounds: deflate cannot shrink anything to less than a 1032th, so a bomb that claims more is a lie. */
final class Gzip implements Compression {

    static final Compression INSTANCE = new Gzip();

    private static final int HIGHEST_RATIO = 1_032;
    private static final int OVERHEAD = 18;
    private static final int BUFFER = 4_096;

    private Gzip() {}

    @Override
    public byte[] compress(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 3 + OVERHEAD);
        try (GZIPOutputStream gzip = new GZIPOutputStream(out, BUFFER)) {
            gzip.write(bytes);
        }
        return out.toByteArray();
    }

    @Override
    public byte[] decompress(byte[] compressed, int size) throws IOException {
        if (size < 0 || size > (long) compressed.length * HIGHEST_RATIO) {
            throw new IOException(compressed.length + " bytes cannot inflate to " + size);
        }
        try (GZIPInputStream gzip =
                new GZIPInputStream(new ByteArrayInputStream(compressed), Math.min(BUFFER, compressed.length + 1))) {
            byte[] bytes = new byte[size];
            int read = gzip.readNBytes(bytes, 0, size);
            if (read < size || gzip.read() >= 0) {
                throw new IOException("The inflated size is not " + size);
            }
            return bytes;
        }
    }
}
