package io.perfkit.cache.json;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.AbstractTypeResolver;
import tools.jackson.databind.DeserializationConfig;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The mapper of codecs that were given none. Where Jackson's defaults make the best of what they find, this one fails:
 * a failure is a miss, and the best of it would be another value.
 */
final class StrictMapper {

    static final JsonMapper MAPPER = JsonMapper.builder()
            // A time stays at the offset and in the zone in which it was put.
            .disable(DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE)
            .disable(DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
            .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
            .enable(
                    DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                    DeserializationFeature.FAIL_ON_IGNORED_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            // What is computed from other properties is not written, because nothing could read it.
            .enable(MapperFeature.REQUIRE_SETTERS_FOR_GETTERS, MapperFeature.INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY)
            .addAbstractTypeResolver(new Ordered())
            .build();

    private StrictMapper() {}

    /** The order of a set or map that has one survives, also where the declared class has none. */
    private static final class Ordered extends AbstractTypeResolver {

        private static final Map<Class<?>, Class<?>> ORDERED = Map.of(
                Set.class, LinkedHashSet.class,
                HashSet.class, LinkedHashSet.class,
                HashMap.class, LinkedHashMap.class);

        @Override
        public @Nullable JavaType findTypeMapping(DeserializationConfig config, JavaType type) {
            Class<?> ordered = ORDERED.get(type.getRawClass());
            return ordered == null ? null : config.getTypeFactory().constructSpecializedType(type, ordered);
        }
    }
}
