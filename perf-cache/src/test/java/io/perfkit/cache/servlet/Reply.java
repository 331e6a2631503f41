package io.perfkit.cache.servlet;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A response as it came over a socket of its own: no client library adds, merges or hides a header. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Reply(int status, Map<String, List<String>> headers, byte[] bytes) {

    static Reply to(int port, String method, String target, String... headers) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(20_000);
            request(socket, method, target, headers);
            return read(socket.getInputStream(), method.equals("HEAD"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void request(Socket socket, String method, String target, String... headers) throws IOException {
        StringBuilder text = new StringBuilder(method + " " + target + " HTTP/1.1\r\nConnection: close\r\n");
        if (List.of(headers).stream().noneMatch(header -> header.startsWith("Host:"))) {
            text.append("Host: shop.example\r\n");
        }
        for (String header : headers) {
            text.append(header).append("\r\n");
        }
        socket.getOutputStream().write(text.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads to the end; a body that is shorter than announced is an {@link EOFException}. */
    static Reply read(InputStream in, boolean head) throws IOException {
        int status = Integer.parseInt(line(in).split(" ", 3)[1]);
        Map<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String[] parts = line.split(": ?", 2);
            headers.computeIfAbsent(parts[0], name -> new ArrayList<>()).add(parts[1]);
        }
        byte[] bytes;
        if (head || status == 304 || status == 204) {
            bytes = in.readAllBytes();
        } else if (headers.containsKey("Transfer-Encoding")) {
            bytes = chunks(in);
        } else if (headers.containsKey("Content-Length")) {
            bytes = exactly(in, Integer.parseInt(headers.get("Content-Length").get(0)));
        } else {
            bytes = in.readAllBytes();
        }
        return new Reply(status, headers, bytes);
    }

    private static byte[] chunks(InputStream in) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        while (true) {
            int size = Integer.parseInt(line(in).trim(), 16);
            all.write(exactly(in, size));
            line(in);
            if (size == 0) {
                return all.toByteArray();
            }
        }
    }

    private static byte[] exactly(InputStream in, int size) throws IOException {
        byte[] bytes = in.readNBytes(size);
        if (bytes.length < size) {
            throw new EOFException("only " + bytes.length + " of " + size + " bytes");
        }
        return bytes;
    }

    static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException("in '" + line + "'");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    String body() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Nullable
    String header(String name) {
        List<String> values = headers.get(name);
        return values == null ? null : String.join(", ", values);
    }
}
