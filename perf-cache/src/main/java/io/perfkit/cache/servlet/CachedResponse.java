package io.perfkit.cache.servlet;

import io.perfkit.cache.Codec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A stored response: status, headers and body. Made by {@link ResponseCacheFilter} alone; a region for it is defined
 * with {@link #codec}. Immutable.
 */
public final class CachedResponse {

    static final int MAXIMUM_HEADERS = 200;
    static final int MAXIMUM_NAME_LENGTH = 200;
    static final int MAXIMUM_VALUE_LENGTH = 16_384;

    private static final Codec<CachedResponse> CODEC = new CachedResponseCodec();

    private final int status;
    private final long producedAt;
    private final Map<String, List<String>> headers;
    private final byte[] body;

    /**
     * @param producedAt when, in milliseconds of the producing node's wall clock, or earlier by its age if it came from
     *     elsewhere; only ages and dates shown to clients depend on it
     */
    CachedResponse(int status, long producedAt, Map<String, List<String>> headers, byte[] body) {
        Map<String, List<String>> copy = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        headers.forEach((name, values) -> copy.put(name, List.copyOf(values)));
        this.status = status;
        this.producedAt = producedAt;
        this.headers = Collections.unmodifiableMap(copy);
        this.body = body;
    }

    /**
     * How responses become bytes for the shared tier. Bytes that the filter would not have stored do not decode: a
     * header that would split a response, a cookie, a status that is never kept, a body of another length.
     *
     * @return the codec to define the region with
     */
    public static Codec<CachedResponse> codec() {
        return CODEC;
    }

    /**
     * The status.
     *
     * @return such as 200
     */
    public int status() {
        return status;
    }

    /**
     * The headers that are kept, under names that are found in any case.
     *
     * @return an unmodifiable map
     */
    public Map<String, List<String>> headers() {
        return headers;
    }

    /**
     * The size of the body.
     *
     * @return in bytes, as sent
     */
    public int bodyLength() {
        return body.length;
    }

    long producedAt() {
        return producedAt;
    }

    /** Not a copy: nobody writes to it. */
    byte[] body() {
        return body;
    }

    /** The first value of a header. */
    @Nullable
    String header(String name) {
        List<String> values = headers.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    List<String> values(String name) {
        return headers.getOrDefault(name, List.of());
    }

    CachedResponse withHeader(String name, String value) {
        Map<String, List<String>> more = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        more.putAll(headers);
        more.put(name, List.of(value));
        return new CachedResponse(status, producedAt, more, body);
    }

    /** Whether every header can be kept: bounded, and with nothing in it that would begin another line. */
    static boolean canKeep(Map<String, List<String>> headers) {
        int count = 0;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            count += header.getValue().size();
            if (!canKeep(header.getKey(), header.getValue())) {
                return false;
            }
        }
        return count <= MAXIMUM_HEADERS;
    }

    private static boolean canKeep(String name, List<String> values) {
        return !name.isEmpty()
                && name.length() <= MAXIMUM_NAME_LENGTH
                && name.chars().allMatch(CachedResponse::isNameCharacter)
                && !StorableHeaders.isNever(name.toLowerCase(Locale.ROOT))
                && !values.isEmpty()
                && values.stream()
                        .allMatch(value -> value.length() <= MAXIMUM_VALUE_LENGTH
                                && value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f)));
    }

    private static boolean isNameCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || "!#$%&'*+-.^_`|~".indexOf(c) >= 0;
    }

    @Override
    public boolean equals(@Nullable Object o) {
        return o instanceof CachedResponse other
                && status == other.status
                && producedAt == other.producedAt
                && new ArrayList<>(headers.entrySet()).equals(new ArrayList<>(other.headers.entrySet()))
                && Arrays.equals(body, other.body);
    }

    @Override
    public int hashCode() {
        return 31 * status + Arrays.hashCode(body);
    }

    @Override
    public String toString() {
        return "CachedResponse[" + status + ", " + headers + ", " + body.length + " bytes]";
    }
}
