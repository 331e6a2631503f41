package io.perfkit.batching.jobs.db;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** Payloads and results as text: ASCII, so that any database keeps it, and always in the same order. */
final class Json {
    private final JsonMapper mapper;
    private final int maximumBytes;

    Json(@Nullable JsonMapper given, int maximumBytes) {
        JsonMapper.Builder builder = given == null ? JsonMapper.builder() : given.rebuild();
        this.mapper = builder.enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
                .build();
        this.maximumBytes = maximumBytes;
    }

    String write(String what, Object value) {
        String text;
        try {
            text = mapper.writeValueAsString(value);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    what + " is a " + value.getClass().getName() + " and cannot be written as JSON: " + e.getMessage(),
                    e);
        } catch (StackOverflowError e) {
            throw new IllegalArgumentException(
                    what + " is a " + value.getClass().getName() + " that contains itself, or is nested too deep", e);
        }
        if (text.length() > maximumBytes) {
            throw new IllegalArgumentException(what + " has " + text.length() + " bytes as JSON, and maximumPayload is "
                    + maximumBytes + "; keep large data elsewhere and put its address into the job");
        }
        return text;
    }

    <T> T read(String text, Class<T> type) {
        return mapper.readValue(text, type);
    }

    static String hash(String text) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
