package io.perfkit.cache;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The codecs that need no library, and the choice of a codec for a class. */
final class PlainCodecs {

    static final Codec<String> STRINGS = new Codec<>() {
        @Override
        public byte[] encode(String value) throws CharacterCodingException {
            // A lone surrogate would come back as a question mark: another value.
            ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
            byte[] result = new byte[bytes.remaining()];
            bytes.get(result);
            return result;
        }

        @Override
        public String decode(byte[] bytes) throws CharacterCodingException {
            return decode(bytes, 0, bytes.length);
        }

        @Override
        public String decode(byte[] bytes, int from, int to) throws CharacterCodingException {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes, from, to - from))
                    .toString();
        }

        @Override
        public String description() {
            return "strings";
        }
    };

    static final Codec<byte[]> BYTES = new Codec<>() {
        @Override
        public byte[] encode(byte[] value) {
            return value;
        }

        @Override
        public byte[] decode(byte[] bytes) {
            return bytes;
        }

        @Override
        public String description() {
            return "bytes";
        }
    };

    private static final String JSON = "io.perfkit.cache.json.JsonCodec";
    private static final String DATABIND = "tools.jackson.databind.ObjectMapper";

    private PlainCodecs() {}

    @SuppressWarnings("unchecked")
    static <V> Codec<V> forType(Class<V> type, String region) {
        if (type == String.class) {
            return (Codec<V>) STRINGS;
        }
        if (type == byte[].class) {
            return (Codec<V>) BYTES;
        }
        return PlainCodecs.<V>json(type, region);
    }

    static Codec<?> forType(Type type, String region) {
        return PlainCodecs.<Object>json(type, region);
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // the codec is for values of the type
    private static <V> Codec<V> json(Type type, String region) {
        try {
            // By name, so that this package does not need Jackson.
            return (Codec<V>) Class.forName(JSON, true, PlainCodecs.class.getClassLoader())
                    .getMethod("of", Type.class)
                    .invoke(null, type);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refusal) {
                throw refusal;
            }
            throw noJson(type, region, e.getCause() == null ? e : e.getCause());
        } catch (ReflectiveOperationException | LinkageError e) {
            throw noJson(type, region, e);
        }
    }

    /** Jackson is absent, or it is there in parts that do not fit together: two faults with two remedies. */
    private static CacheException noJson(Type type, String region, Throwable cause) {
        String what =
                "Region '" + region + "' holds " + type.getTypeName() + ", which is stored as JSON, but Jackson 3 ";
        return new CacheException(
                isPresent(DATABIND)
                        ? what + "on the class path is of versions that do not fit together (" + cause
                                + "): import tools.jackson:jackson-bom, which also sets the version of "
                                + "com.fasterxml.jackson.core:jackson-annotations, or define the region "
                                + "with a Codec of your own"
                        : what + "is not on the class path: add tools.jackson.core:jackson-databind, or define the "
                                + "region with a Codec of your own",
                cause);
    }

    private static boolean isPresent(String name) {
        try {
            Class.forName(name, false, PlainCodecs.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError absent) {
            return false;
        }
    }
}
