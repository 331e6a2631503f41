package io.perfkit.cache.servlet;

import io.perfkit.cache.Codec;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One byte of version, two of status, eight of time, two for the number of header lines; each of them with the length
 * of its name and of its value before it; the body to the end. Everything is checked before it is believed, and nothing
 * is allocated that the bytes at hand do not fill: what Redis holds may have been written by anybody.
 */
final class CachedResponseCodec implements Codec<CachedResponse> {

    private static final byte VERSION = 1;

    @Override
    public byte[] encode(CachedResponse response) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(response.bodyLength() + 512);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeByte(VERSION);
        out.writeShort(response.status());
        out.writeLong(response.producedAt());
        out.writeShort(response.headers().values().stream().mapToInt(List::size).sum());
        for (Map.Entry<String, List<String>> header : response.headers().entrySet()) {
            for (String value : header.getValue()) {
                write(out, header.getKey());
                write(out, value);
            }
        }
        out.write(response.body());
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        // Not getBytes: a lone surrogate would come back as a question mark.
        ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        out.writeInt(utf8.remaining());
        out.write(utf8.array(), utf8.arrayOffset(), utf8.remaining());
    }

    @Override
    public CachedResponse decode(byte[] bytes) throws CharacterCodingException {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        byte version = in.get();
        require(version == VERSION, "version " + version);
        int status = Short.toUnsignedInt(in.getShort());
        require(StorableResponses.isKept(status), "status " + status);
        long producedAt = in.getLong();
        int lines = Short.toUnsignedInt(in.getShort());
        require(lines <= CachedResponse.MAXIMUM_HEADERS, lines + " header lines");
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 0; i < lines; i++) {
            String name = read(in, CachedResponse.MAXIMUM_NAME_LENGTH);
            String value = read(in, CachedResponse.MAXIMUM_VALUE_LENGTH * 3);
            headers.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
        }
        require(CachedResponse.canKeep(headers), "a header that is never kept");
        byte[] body = new byte[in.remaining()];
        in.get(body);
        return new CachedResponse(status, producedAt, headers, body);
    }

    private static String read(ByteBuffer in, int longest) throws CharacterCodingException {
        int length = in.getInt();
        require(length >= 0 && length <= longest && length <= in.remaining(), "a text of " + length + " bytes");
        ByteBuffer text = in.slice(in.position(), length);
        in.position(in.position() + length);
        return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    }

    private static void require(boolean holds, String found) {
        if (!holds) {
            throw new IllegalArgumentException("No stored response: " + found);
        }
    }

    @Override
    public String description() {
        return "http responses";
    }
}
