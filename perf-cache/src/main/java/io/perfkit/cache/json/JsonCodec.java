package io.perfkit.cache.json;

import io.perfkit.cache.Codec;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Type;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * Values as JSON through Jackson 3. The type is the region's, never one named in the bytes: no polymorphic default
 * typing is switched on, so what Redis holds cannot choose a class. Thread-safe.
 *
 * <p><b>What is read equals what was put, or it is a miss.</b> A type whose values cannot come back as they were is
 * refused when a shared region is made: {@code Object}, a raw {@code List}, {@code Map} or {@code Optional}, a class
 * that is abstract and does not declare its subtypes with Jackson's annotations, a class that Jackson cannot construct,
 * keys of maps that are no names. Of other types, each value is read back when it is shared, and left out of the shared
 * tier if that is another one: a subclass of the region's class, a set with a comparator, a field that is not written.
 * What is left out is counted as a failure of the shared tier and logged with the place in the value. Reading back is
 * spared where it cannot fail: with records, enumerations, arrays and lists of each other and of plain values, only the
 * first {@value #SAMPLES} values are read back.
 *
 * <p>The JSON has eight bytes before it: a fingerprint of the names and types of all properties, and in its lower half,
 * by exclusive or, the CRC-32C of the JSON. The entries of a
 * version of the application in which a property was added, removed, renamed or has another type are misses, to that one
 * and to this.
 *
 * @param <V> the type of the values
 */
public final class JsonCodec<V> implements Codec<V> {

    /** Until then, a type whose values always come back is not believed to keep its word. */
    static final int SAMPLES = 64;

    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private static final String REMEDY =
            ". Remedy: let the type say what the value is (a record; subtypes declared with "
                    + "@JsonTypeInfo; a property for each field, or the field transient), or give the region a Codec of its own";

    private final Type reflected;
    private final JavaType type;
    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final @Nullable String objection;
    private final boolean certain;
    private final long fingerprint;
    private final AtomicInteger samples = new AtomicInteger();

    private JsonCodec(JsonMapper mapper, Type reflected) {
        this.reflected = reflected;
        this.type = mapper.constructType(reflected);
        this.reader = mapper.readerFor(type).with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
        this.writer = mapper.writerFor(type);
        Shape shape = Shape.of(type, mapper);
        this.objection = shape.objection();
        this.certain = shape.isCertain();
        this.fingerprint = shape.fingerprint();
    }

    /**
     * A codec for a class.
     *
     * @param type the class of the values
     * @param <V> the type of the values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(Class<V> type) {
        return new JsonCodec<>(StrictMapper.MAPPER, type);
    }

    /**
     * A codec for a type that was found by reflection.
     *
     * @param type the type of the values
     * @return the codec
     */
    public static JsonCodec<?> of(Type type) {
        return new JsonCodec<>(StrictMapper.MAPPER, type);
    }

    /**
     * A codec for a generic type such as {@code new TypeReference<List<Row>>() {}}.
     *
     * @param type the type of the values
     * @param <V> the type of the values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(TypeReference<V> type) {
        return of(type, StrictMapper.MAPPER);
    }

    /**
     * A codec for a generic type with a mapper of your own, which is used as it is. It may know how to bring back what is
     * otherwise refused, so no type is; instead every value is read back when it is shared.
     *
     * @param type the type of the values
     * @param mapper the mapper; it should not have polymorphic default typing switched on
     * @param <V> the type of the values
     * @return the codec
     */
    public static <V> JsonCodec<V> of(TypeReference<V> type, JsonMapper mapper) {
        return new JsonCodec<>(mapper, type.getType());
    }

    @Override
    public byte[] encode(V value) {
        return framed(writer.writeValueAsBytes(value));
    }

    byte[] framed(byte[] json) {
        byte[] bytes = new byte[Long.BYTES + json.length];
        LONG.set(bytes, 0, mark(json, 0, json.length));
        System.arraycopy(json, 0, bytes, Long.BYTES, json.length);
        return bytes;
    }

    private long mark(byte[] bytes, int from, int length) {
        CRC32C sum = new CRC32C();
        sum.update(bytes, from, length);
        return fingerprint ^ sum.getValue();
    }

    @Override
    public V decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    @Override
    public V decode(byte[] bytes, int from, int to) {
        int json = from + Long.BYTES;
        if (to < json || (long) LONG.get(bytes, from) != mark(bytes, json, to - json)) {
            throw new IllegalArgumentException("These bytes are of another version of " + type.toCanonical()
                    + ", of something else, or not as they were written");
        }
        V value = reader.readValue(bytes, json, to - json);
        if (value == null) {
            throw new IllegalArgumentException("JSON null is no value of " + type.toCanonical());
        }
        return value;
    }

    @Override
    public void check(V value, byte[] encoded) {
        if (certain && samples.get() >= SAMPLES) {
            return;
        }
        samples.incrementAndGet();
        String difference;
        try {
            difference = SameValue.difference(value, decode(encoded));
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "its JSON as a " + type.toCanonical() + " cannot be read back: " + e.getOriginalMessage() + REMEDY,
                    e);
        }
        if (difference != null) {
            throw new IllegalArgumentException("as JSON of " + type.toCanonical() + ", " + difference + REMEDY);
        }
    }

    @Override
    public @Nullable String objection() {
        return objection;
    }

    @Override
    public Type valueType() {
        return reflected;
    }

    @Override
    public String description() {
        return "json of " + type.toCanonical();
    }
}
