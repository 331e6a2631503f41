package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.json.JsonCodec;
import io.perfkit.testkit.RedisServer;
import io.perfkit.testkit.ServersExtension;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import tools.jackson.core.type.TypeReference;

/** What one node puts, the other gets, or nothing. */
@ExtendWith(ServersExtension.class)
class SharedValuesIT {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofMinutes(5));

    record Booking(long id, OffsetDateTime from, ZonedDateTime to) {}

    record Price(long id, long cents) {}

    record NewPrice(long id, long netCents, String currency) {}

    static class Person {
        public @Nullable String name;
    }

    static class Customer extends Person {
        public int discount;
    }

    static class OldBean {
        public long id;
        public long cents;
    }

    static class NewBean {
        public long id;
        public long netCents;
    }

    private final Nodes nodes = new Nodes();
    private PerfCache here;
    private PerfCache there;

    @BeforeEach
    void start(RedisServer redis) {
        here = nodes.node(redis.host(), redis.port());
        there = nodes.node(redis.host(), redis.port());
    }

    @AfterEach
    void stop() {
        nodes.close();
    }

    private <V> CacheRegion<V> putHere(String region, Codec<V> codec, V value) {
        CacheRegion<V> one = Nodes.ready(here.region(region, codec, POLICY));
        CacheRegion<V> other = Nodes.ready(there.region(region, codec, POLICY));
        Acknowledgement put = one.put("k", value);
        assertThat(put.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(other, put);
        assertThat(one.getIfPresent("k")).isSameAs(value);
        return other;
    }

    @Test
    void times_onTheOtherNode_haveTheirOffsetsAndZones() {
        Booking booking = new Booking(
                1,
                OffsetDateTime.parse("2026-01-01T00:30+02:00"),
                ZonedDateTime.parse("2026-10-25T02:30+02:00[Europe/Berlin]"));
        CacheRegion<Booking> other = putHere("booking", JsonCodec.of(Booking.class), booking);
        assertThat(other.getIfPresent("k")).isEqualTo(booking);
    }

    @Test
    void set_onTheOtherNode_hasItsOrder() {
        Set<String> best = new LinkedHashSet<>(List.of("best", "second", "third", "fourth"));
        CacheRegion<Set<String>> other = putHere("set", JsonCodec.of(new TypeReference<>() {}), best);
        assertThat(other.getIfPresent("k")).containsExactly("best", "second", "third", "fourth");
    }

    @Test
    void renamedProperty_inBothDirectionsOfADeployment_isAMissThatIsCounted() {
        CacheRegion<Price> old = Nodes.ready(here.region("price", Price.class, POLICY));
        CacheRegion<NewPrice> now = Nodes.ready(there.region("price", NewPrice.class, POLICY));
        await(now, old.put("1", new Price(1, 999)));
        assertThat(now.getOrSet("1", () -> new NewPrice(1, 839, "EUR"))).isEqualTo(new NewPrice(1, 839, "EUR"));
        assertThat(now.stats().undecodable()).isEqualTo(1);
        await(old, now.put("2", new NewPrice(2, 839, "EUR")));
        assertThat(old.getOrSet("2", () -> new Price(2, 999))).isEqualTo(new Price(2, 999));
        assertThat(old.stats().undecodable()).isEqualTo(1);
    }

    @Test
    void renamedFieldOfABean_inBothDirectionsOfADeployment_isAMissThatIsCounted() {
        CacheRegion<OldBean> old = Nodes.ready(here.region("bean", OldBean.class, POLICY));
        CacheRegion<NewBean> now = Nodes.ready(there.region("bean", NewBean.class, POLICY));
        await(now, old.put("1", new OldBean()));
        assertThat(now.getIfPresent("1")).isNull();
        assertThat(now.stats().undecodable()).isEqualTo(1);
        await(old, now.put("2", new NewBean()));
        assertThat(old.getIfPresent("2")).isNull();
        assertThat(old.stats().undecodable()).isEqualTo(1);
    }

    private static void await(CacheRegion<?> other, Acknowledgement put) {
        assertThat(put.await(Duration.ofSeconds(10))).isTrue();
        Nodes.awaitApplied(other, put);
    }

    @Test
    void valueThatWouldComeBackAsAnother_isNotSharedAndCounted() {
        Customer customer = new Customer();
        customer.discount = 30;
        CacheRegion<Person> people = putHere("person", JsonCodec.of(Person.class), customer);
        assertThat(people.getIfPresent("k")).isNull();
        TreeSet<String> reverse = new TreeSet<>(Comparator.reverseOrder());
        reverse.addAll(List.of("a", "b"));
        CacheRegion<Set<String>> sets = putHere("sorted", JsonCodec.of(new TypeReference<>() {}), reverse);
        assertThat(sets.getIfPresent("k")).isNull();
        for (String region : List.of("person", "sorted")) {
            CacheRegion<?> defined = here.findRegion(region);
            assertThat(defined).isNotNull();
            assertThat(defined.stats().sharedFailures()).isEqualTo(1);
        }
    }

    /** What is not shared does not leave an older value in its place. */
    @Test
    void valueThatCannotBeShared_overOneThatWas_makesItAMiss() {
        CacheRegion<Person> one = Nodes.ready(here.region("over", Person.class, POLICY));
        CacheRegion<Person> other = Nodes.ready(there.region("over", Person.class, POLICY));
        await(other, one.put("k", new Person()));
        assertThat(other.getIfPresent("k")).isNotNull();
        await(other, one.put("k", new Customer()));
        assertThat(other.getIfPresent("k")).isNull();
    }

    @Test
    void rawAndOpenTypes_sharedRegion_isRefusedWithTheRemedy() {
        for (Class<?> type :
                List.of(List.class, Map.class, Optional.class, Object.class, Number.class, Comparable.class)) {
            assertThatThrownBy(() -> here.region("raw", type, POLICY))
                    .isInstanceOf(CacheException.class)
                    .hasMessageStartingWith("Region 'raw' of cache '" + nodes.name()
                            + "' cannot share its values, which would come back as others: the value")
                    .hasMessageContaining("Remedy: ");
        }
        assertThat(here.findRegion("raw")).isNull();
        CachePolicy local = CachePolicy.builder().localOnly().build();
        assertThat(here.region("raw", List.class, local)).isNotNull();
    }
}
