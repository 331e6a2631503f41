package io.perfkit.batching.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** Bodies of a bounded size, plain or compressed. */
final class Body {
    private Body() {}

    /** A body is larger than it may be. */
    static final class TooLarge extends IOException {
        private static final long serialVersionUID = 1L;
    }

    static boolean isGzip(@Nullable String encoding) {
        if (encoding == null) {
            return false;
        }
        String name = encoding.strip().toLowerCase(Locale.ROOT);
        return name.equals("gzip") || name.equals("x-gzip");
    }

    static boolean isPlain(@Nullable String encoding) {
        return encoding == null || encoding.isBlank() || encoding.strip().equalsIgnoreCase("identity");
    }

    /** Whether an Accept-Encoding permits gzip. */
    static boolean acceptsGzip(@Nullable String accepted) {
        if (accepted == null) {
            return false;
        }
        for (String part : accepted.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] words = part.strip().split("\\s*;\\s*", -1);
            boolean isRefused = words.length > 1 && words[1].matches("q\\s*=\\s*0(\\.0*)?");
            if ((words[0].equals("gzip") || words[0].equals("*")) && !isRefused) {
                return true;
            }
        }
        return false;
    }

    /** Reads all, unpacked; the bound is that of the unpacked bytes, so that few bytes cannot become very many. */
    static byte[] read(InputStream body, boolean isGzip, int maximumBytes) throws IOException {
        try (InputStream bytes = isGzip ? new GZIPInputStream(body) : body) {
            byte[] read = bytes.readNBytes(maximumBytes);
            if (read.length == maximumBytes && bytes.read() >= 0) {
                throw new TooLarge();
            }
            return read;
        }
    }

    static byte[] gzip(byte[] bytes) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream(bytes.length / 3 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(bytes);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return packed.toByteArray();
    }
}
