package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.Outbox.Item;
import io.perfkit.cache.RegionLog.Position;
import io.perfkit.cache.SharedTier.Head;
import io.perfkit.cache.SharedTier.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class OutboxTest {

    private final Outbox outbox = new Outbox(2);

    private static Item key(String key) {
        return new Item(Kind.KEY, key, null);
    }

    private static Item pattern(String pattern) {
        return new Item(Kind.PATTERN, pattern, Glob.of(pattern));
    }

    private static Position at(long epoch) {
        return new Position(1, epoch, new Tombstones(8, 0));
    }

    @Test
    void hides_unacknowledged_whateverTheEpoch() {
        outbox.add(pattern("a*"));
        assertThat(outbox.hides("ab")).isTrue();
        assertThat(outbox.hides("ab", List.of(), 1_000)).isTrue();
        assertThat(outbox.hides("b")).isFalse();
    }

    @Test
    void acknowledged_key_leavesAtOnce() {
        Item item = key("a");
        outbox.add(item);
        outbox.acknowledged(item, new Head(1, 5), at(3));
        assertThat(outbox.hides("a", List.of(), 0)).isFalse();
        assertThat(item.acknowledgement).isCompletedWithValue(5L);
    }

    @Test
    void acknowledged_pattern_hidesOlderEpochsUntilTheLogHasBroughtItBack() {
        Item item = pattern("a*");
        outbox.add(item);
        outbox.acknowledged(item, new Head(1, 5), at(3));
        assertThat(outbox.hides("a")).isFalse();
        assertThat(outbox.hides("a", List.of(), 4)).isTrue();
        assertThat(outbox.hides("a", List.of(), 5)).isFalse();
        outbox.settle(at(4));
        assertThat(outbox.hides("a", List.of(), 4)).isTrue();
        outbox.settle(at(5));
        assertThat(outbox.hides("a", List.of(), 4)).isFalse();
    }

    @Test
    void add_pastTheBound_becomesOneInvalidationOfEverything() {
        Item first = key("a");
        Item second = pattern("b*");
        Item third = key("c");
        outbox.add(first);
        outbox.add(second);
        outbox.add(third);
        assertThat(outbox.unacknowledged()).isEqualTo(1);
        assertThat(outbox.hides("anything")).isTrue();

        Item everything = outbox.idle().get(0);
        assertThat(everything.kind).isEqualTo(Kind.EVERYTHING);
        outbox.acknowledged(everything, new Head(1, 9), at(9));
        assertThat(first.acknowledgement).isCompletedWithValue(9L);
        assertThat(second.acknowledgement).isCompletedWithValue(9L);
        assertThat(third.acknowledgement).isCompletedWithValue(9L);
        assertThat(outbox.hides("anything", List.of(), 0)).isFalse();
    }

    /** A call for many keys stays what it is while Redis answers, and is bounded once it does not. */
    @Test
    void add_keysOnTheirWay_countWhenTheirAttemptHasFailed() {
        List<Item> items = List.of(key("a"), key("b"), key("c"), key("d"));
        items.forEach(item -> {
            item.inFlight = true;
            assertThat(outbox.add(item)).isTrue();
        });
        assertThat(outbox.unacknowledged()).isEqualTo(4);
        assertThat(outbox.hides("d")).isTrue();
        assertThat(outbox.hides("other")).isFalse();
        outbox.acknowledged(items.get(0), new Head(1, 5), at(5));
        assertThat(outbox.hides("a")).isFalse();
        assertThat(outbox.notSent(items.get(1))).isTrue();
        assertThat(outbox.notSent(items.get(2))).isTrue();
        assertThat(outbox.idle()).containsExactly(items.get(1), items.get(2));
        assertThat(outbox.notSent(items.get(3))).isFalse();
        assertThat(outbox.unacknowledged()).isEqualTo(1);
        assertThat(outbox.hides("other")).isTrue();
        outbox.acknowledged(outbox.idle().get(0), new Head(1, 9), at(9));
        assertThat(items).allSatisfy(item -> assertThat(item.acknowledgement).isCompleted());
        assertThat(outbox.hides("other", List.of(), 0)).isFalse();
        // The bound is free again.
        assertThat(outbox.add(pattern("p*"))).isTrue();
        assertThat(outbox.add(pattern("q*"))).isTrue();
        assertThat(outbox.add(pattern("r*"))).isFalse();
    }

    @Test
    void acknowledged_oneOfTwoOfAKey_leavesTheOther() {
        Item first = key("a");
        Item second = key("a");
        outbox.add(first);
        outbox.add(second);
        outbox.acknowledged(first, new Head(1, 5), at(5));
        assertThat(outbox.hides("a")).isTrue();
        outbox.acknowledged(second, new Head(1, 6), at(6));
        assertThat(outbox.hides("a")).isFalse();
    }

    @Test
    void idle_itemInFlight_isNotSentAgain() {
        Item item = key("a");
        item.inFlight = true;
        outbox.add(item);
        assertThat(outbox.idle()).isEmpty();
        item.inFlight = false;
        assertThat(outbox.idle()).containsExactly(item);
    }

    @Test
    void tag_hidesWhatHasIt() {
        outbox.add(new Item(Kind.TAG, "red", null));
        assertThat(outbox.hides("a")).isFalse();
        assertThat(outbox.hides("a", List.of("blue", "red"), 9)).isTrue();
        assertThat(outbox.hides("a", List.of("blue"), 9)).isFalse();
    }

    @Test
    void expiry_hidesNothingAndMakesDueUntilTheLogHasBroughtItBack() {
        Item key = new Item(Kind.EXPIRE_KEY, "a", null);
        Item pattern = new Item(Kind.EXPIRE_PATTERN, "b*", Glob.of("b*"));
        outbox.add(key);
        outbox.add(pattern);
        assertThat(outbox.hides("a", List.of(), 0)).isFalse();
        assertThat(outbox.makesDue("a", 9)).isTrue();
        assertThat(outbox.makesDue("bc", 9)).isTrue();
        assertThat(outbox.makesDue("c", 9)).isFalse();
        outbox.acknowledged(key, new Head(1, 5), at(3));
        outbox.acknowledged(pattern, new Head(1, 6), at(3));
        assertThat(outbox.makesDue("a", 0)).isFalse();
        assertThat(outbox.makesDue("bc", 5)).isTrue();
        assertThat(outbox.makesDue("bc", 6)).isFalse();
        outbox.settle(at(6));
        assertThat(outbox.makesDue("bc", 5)).isFalse();
    }
}
