package io.perfkit.cache.json;

import io.perfkit.cache.Codec;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values as JSON through Jackson 3. The type is the region's, never one named in the bytes: no polymorphic default
 * typing is switched on, so what Redis holds cannot choose a class. Thread-safe.
 *
 * @param <V> the type of the values
 */
public final class JsonCodec<V> implements Codec<V> {

    private static final JsonMapper DEFAULT = JsonMapper.builder().build();

    private final JavaType type;
    private final ObjectReader reader;
    private final ObjectWriter writer;

    private JsonCodec(JsonMapper mapper, JavaType type) {
        this.type = type;
        this.reader = mapper.readerFor(type);
        this.writer = mapper.writerFor(type);
    }

    /**
     * A codec for a class, with Jackson's defaults.
     *
     * @param type the class of the values
     * @param <V> the type of the values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(Class<V> type) {
        return new JsonCodec<>(DEFAULT, DEFAULT.constructType(type));
    }

    /**
     * A codec for a generic type such as {@code new TypeReference<List<Row>>() {}}, with Jackson's defaults.
     *
     * @param type the type of the values
     * @param <V> the type of the values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(TypeReference<V> type) {
        return of(type, DEFAULT);
    }

    /**
     * A codec for a generic type with a mapper of your own.
     *
     * @param type the type of the values
     * @param mapper the mapper; it should not have polymorphic default typing switched on
     * @param <V> the type of the values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(TypeReference<V> type, JsonMapper mapper) {
        return new JsonCodec<>(mapper, mapper.constructType(type.getType()));
    }

    @Override
    public byte[] encode(V value) {
        return writer.writeValueAsBytes(value);
    }

    @Override
    public V decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    @Override
    public V decode(byte[] bytes, int from, int to) {
        V value = reader.readValue(bytes, from, to - from);
        if (value == null) {
            throw new IllegalArgumentException("JSON null is no value of " + type.toCanonical());
        }
        return value;
    }

    @Override
    public String description() {
        return "json of " + type.toCanonical();
    }
}
