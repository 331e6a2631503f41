package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.json.JsonCodec;
import java.lang.reflect.Type;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.type.TypeReference;

class EntitiesTest {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(5));

    @jakarta.persistence.Entity
    static class Customer {
        long id;
    }

    @javax.persistence.Entity
    static class Old {
        long id;
    }

    static class SpecialCustomer extends Customer {}

    record Page(List<? extends Customer> rows, int number) {}

    record Outer(Optional<Page> page) {}

    record Box<T>(T content) {}

    static class Base {
        @Nullable
        Old old;
    }

    static class Derived extends Base {}

    static class Cyclic {
        @Nullable
        Cyclic next;

        List<Cyclic> all = List.of();
    }

    sealed interface Answer permits Found, Missing {}

    record Found(Customer customer) implements Answer {}

    record Missing() implements Answer {}

    /** It knows the class, and holds none. */
    record Mapper(Class<Customer> type, Function<Customer, String> name) {}

    static class Lazy {
        transient @Nullable Customer loaded;
        static @Nullable Customer shared;
    }

    static List<Type> entities() {
        return List.of(
                Customer.class,
                Old.class,
                SpecialCustomer.class,
                Customer[].class,
                Page.class,
                Outer.class,
                Derived.class,
                Answer.class,
                new TypeReference<List<Customer>>() {}.getType(),
                new TypeReference<Map<String, List<? extends Old>>>() {}.getType(),
                new TypeReference<Box<Customer>>() {}.getType(),
                new TypeReference<List<Customer>[]>() {}.getType(),
                new TypeReference<Optional<Page>>() {}.getType());
    }

    @ParameterizedTest
    @MethodSource("entities")
    void find_entityOrWhatContainsOne_isFound(Type type) {
        assertThat(Entities.find(type)).isIn(Customer.class, Old.class, SpecialCustomer.class);
    }

    static List<Type> others() {
        return List.of(
                String.class,
                int[].class,
                Object.class,
                Cyclic.class,
                Mapper.class,
                Lazy.class,
                Missing.class,
                Thread.class,
                new TypeReference<Map<String, List<?>>>() {}.getType());
    }

    @ParameterizedTest
    @MethodSource("others")
    void find_otherTypes_none(Type type) {
        assertThat(Entities.find(type)).isNull();
    }

    @Test
    void region_ofEntities_isRefusedWithTheRemedyAlsoWhereItIsLocal() {
        try (PerfCache cache = PerfCache.builder("shop").build()) {
            assertThatThrownBy(() -> cache.region("customer", Customer.class, POLICY))
                    .isInstanceOf(CacheException.class)
                    .hasMessageStartingWith("Region 'customer' of cache 'shop' would hold " + Customer.class.getName()
                            + ", which is a JPA entity")
                    .hasMessageContaining("Copy what is needed into a record in the loader, and cache that");
            assertThatThrownBy(() -> cache.region("page", Page.class, POLICY))
                    .hasMessageContaining(Customer.class.getName());
            assertThatThrownBy(() -> cache.region("list", JsonCodec.of(new TypeReference<List<Customer>>() {}), POLICY))
                    .hasMessageContaining(Customer.class.getName());
            assertThat(cache.regions()).isEmpty();
        }
    }

    /** Nothing has to come back from anywhere. */
    @Test
    void region_thatIsLocal_takesWhatCannotBeShared() {
        try (PerfCache cache = PerfCache.builder("local").build();
                PerfCache weighted = PerfCache.builder("weighted")
                        .local(l -> l.maximumWeight(1 << 20))
                        .build()) {
            for (PerfCache each : List.of(cache, weighted)) {
                each.region("object", Object.class, POLICY).put("k", 1);
                assertThat(each.region("object", Object.class, POLICY).getIfPresent("k"))
                        .isEqualTo(1);
                List<?> list = List.of(new Object(), 2L);
                each.region("list", List.class, POLICY).put("k", list);
                Object read = each.region("list", List.class, POLICY).getIfPresent("k");
                assertThat(read).isSameAs(list);
                each.region("number", JsonCodec.of(Number.class), POLICY).put("k", 5L);
                assertThat(each.region("number", JsonCodec.of(Number.class), POLICY)
                                .getIfPresent("k"))
                        .isEqualTo(5L);
            }
        }
    }
}
