package io.perfkit.cache.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JavaType;

/** Two versions of an application read each other's entries only if all properties have the same names and types. */
class ShapeTest {

    record Price(long id, long cents) {}

    record Renamed(long id, long netCents) {}

    record More(long id, long cents, @Nullable String currency) {}

    record Less(long id) {}

    record Wider(long id, double cents) {}

    record Offer(String name, List<Price> prices) {}

    record RenamedWithin(String name, List<Renamed> prices) {}

    record OtherCollection(String name, Set<Price> prices) {}

    record Perhaps(Optional<String> name, List<Price> prices) {}

    static class Bean {
        public long id;
        public long cents;
    }

    static class BeanRenamed {
        public long id;
        public long netCents;
    }

    static class BeanMore extends Bean {
        public @Nullable String currency;
    }

    record Aliased(long id, @JsonProperty("netCents") long cents) {}

    record Dated(@JsonFormat(pattern = "yyyy-MM-dd'T'HH:mm") LocalDateTime at) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = A1.class, name = "a"), @JsonSubTypes.Type(value = B1.class, name = "b")})
    interface Sum1 {}

    record A1(int x) implements Sum1 {}

    record B1(int y) implements Sum1 {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
    @JsonSubTypes({@JsonSubTypes.Type(value = A2.class, name = "a"), @JsonSubTypes.Type(value = B2.class, name = "b")})
    interface Sum2 {}

    record A2(int x) implements Sum2 {}

    record B2(int z) implements Sum2 {}

    static class Wrapped1 {
        @JsonUnwrapped
        public @Nullable Bean bean;
    }

    static class Wrapped2 {
        @JsonUnwrapped
        public @Nullable BeanRenamed bean;
    }

    record Tree(String name, List<Tree> children) {}

    record Tree2(String label, List<Tree2> children) {}

    static List<Arguments> versions() {
        return List.of(
                Arguments.of(Price.class, Renamed.class),
                Arguments.of(Price.class, More.class),
                Arguments.of(Price.class, Less.class),
                Arguments.of(Price.class, Wider.class),
                Arguments.of(Price.class, Aliased.class),
                Arguments.of(Offer.class, RenamedWithin.class),
                Arguments.of(Offer.class, OtherCollection.class),
                Arguments.of(Offer.class, Perhaps.class),
                Arguments.of(Bean.class, BeanRenamed.class),
                Arguments.of(Bean.class, BeanMore.class),
                Arguments.of(Sum1.class, Sum2.class),
                Arguments.of(Wrapped1.class, Wrapped2.class),
                Arguments.of(Tree.class, Tree2.class),
                Arguments.of(Integer.class, Long.class));
    }

    @ParameterizedTest
    @MethodSource("versions")
    void fingerprint_propertyThatDiffers_isAnotherInBothDirections(Class<?> one, Class<?> other) {
        assertThat(shape(one).fingerprint()).isNotEqualTo(shape(other).fingerprint());
    }

    /** A class may be renamed or moved, and a record made of it. */
    @Test
    void fingerprint_otherNameOfTheClass_isTheSame() {
        assertThat(shape(Bean.class).fingerprint()).isEqualTo(shape(Price.class).fingerprint());
    }

    /** It stands in the Redis of some user: what changes it makes every entry a miss. */
    @Test
    void fingerprint_ofAKnownClass_isAsEver() {
        assertThat(shape(Offer.class))
                .hasToString("{name:java.lang.String,prices:java.util.List<{cents:long,id:long,},>,}");
        assertThat(shape(Offer.class).fingerprint()).isEqualTo(-3264809207714222509L);
        assertThat(shape(Tree.class)).hasToString("{children:java.util.List<#0,>,name:java.lang.String,}");
    }

    @Test
    void isCertain_onlyWhereNothingCanHide() {
        assertThat(shape(Offer.class).isCertain()).isTrue();
        assertThat(shape(Price[].class).isCertain()).isTrue();
        assertThat(shape(Tree.class).isCertain()).isTrue();
        assertThat(shape(Bean.class).isCertain()).isFalse();
        assertThat(shape(Perhaps.class).isCertain()).isFalse();
        assertThat(shape(OtherCollection.class).isCertain()).isFalse();
        assertThat(shape(Sum1.class).isCertain()).isFalse();
        assertThat(shape(Aliased.class).isCertain()).isTrue();
        assertThat(shape(Dated.class).isCertain()).isFalse();
    }

    @Test
    void decode_bytesOfAnotherVersion_fails() {
        byte[] old = JsonCodec.of(Price.class).encode(new Price(1, 999));
        assertThatThrownBy(() -> JsonCodec.of(More.class).decode(old)).hasMessageContaining("another version");
        byte[] now = JsonCodec.of(More.class).encode(new More(1, 999, null));
        assertThatThrownBy(() -> JsonCodec.of(Price.class).decode(now)).hasMessageContaining("another version");
    }

    private static Shape shape(Class<?> type) {
        JavaType javaType = StrictMapper.MAPPER.constructType(type);
        return Shape.of(javaType, StrictMapper.MAPPER);
    }
}
