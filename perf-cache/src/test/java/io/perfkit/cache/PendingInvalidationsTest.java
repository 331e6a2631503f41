package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.LogPosition.Position;
import io.perfkit.cache.PendingInvalidations.Item;
import io.perfkit.cache.spi.SharedTier.Head;
import io.perfkit.cache.spi.SharedTier.Kind;
import java.util.List;
import org.junit.jupiter.api.Test;

class PendingInvalidationsTest {

    private final PendingInvalidations pending = new PendingInvalidations(2);

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
        pending.add(pattern("a*"));
        assertThat(pending.hides("ab")).isTrue();
        assertThat(pending.hides("ab", List.of(), 1_000)).isTrue();
        assertThat(pending.hides("b")).isFalse();
    }

    @Test
    void acknowledged_key_leavesAtOnce() {
        Item item = key("a");
        pending.add(item);
        pending.acknowledged(item, new Head(1, 5), at(3));
        assertThat(pending.hides("a", List.of(), 0)).isFalse();
        assertThat(item.acknowledgement).isCompletedWithValue(5L);
    }

    @Test
    void acknowledged_pattern_hidesOlderEpochsUntilTheLogHasBroughtItBack() {
        Item item = pattern("a*");
        pending.add(item);
        pending.acknowledged(item, new Head(1, 5), at(3));
        assertThat(pending.hides("a")).isFalse();
        assertThat(pending.hides("a", List.of(), 4)).isTrue();
        assertThat(pending.hides("a", List.of(), 5)).isFalse();
        pending.forget(at(4));
        assertThat(pending.hides("a", List.of(), 4)).isTrue();
        pending.forget(at(5));
        assertThat(pending.hides("a", List.of(), 4)).isFalse();
    }

    @Test
    void add_pastTheBound_becomesOneInvalidationOfEverything() {
        Item first = key("a");
        Item second = pattern("b*");
        Item third = key("c");
        pending.add(first);
        pending.add(second);
        pending.add(third);
        assertThat(pending.size()).isEqualTo(1);
        assertThat(pending.hides("anything")).isTrue();

        Item everything = pending.idle().get(0);
        assertThat(everything.kind).isEqualTo(Kind.EVERYTHING);
        pending.acknowledged(everything, new Head(1, 9), at(9));
        assertThat(first.acknowledgement).isCompletedWithValue(9L);
        assertThat(second.acknowledgement).isCompletedWithValue(9L);
        assertThat(third.acknowledgement).isCompletedWithValue(9L);
        assertThat(pending.hides("anything", List.of(), 0)).isFalse();
    }

    /** A call for many keys stays what it is while Redis answers, and is bounded once it does not. */
    @Test
    void add_keysOnTheirWay_countWhenTheirAttemptHasFailed() {
        List<Item> items = List.of(key("a"), key("b"), key("c"), key("d"));
        items.forEach(item -> {
            item.inFlight = true;
            assertThat(pending.add(item)).isTrue();
        });
        assertThat(pending.size()).isEqualTo(4);
        assertThat(pending.hides("d")).isTrue();
        assertThat(pending.hides("other")).isFalse();
        pending.acknowledged(items.get(0), new Head(1, 5), at(5));
        assertThat(pending.hides("a")).isFalse();
        assertThat(pending.notSent(items.get(1))).isTrue();
        assertThat(pending.notSent(items.get(2))).isTrue();
        assertThat(pending.idle()).containsExactly(items.get(1), items.get(2));
        assertThat(pending.notSent(items.get(3))).isFalse();
        assertThat(pending.size()).isEqualTo(1);
        assertThat(pending.hides("other")).isTrue();
        pending.acknowledged(pending.idle().get(0), new Head(1, 9), at(9));
        assertThat(items).allSatisfy(item -> assertThat(item.acknowledgement).isCompleted());
        assertThat(pending.hides("other", List.of(), 0)).isFalse();
        // The bound is free again.
        assertThat(pending.add(pattern("p*"))).isTrue();
        assertThat(pending.add(pattern("q*"))).isTrue();
        assertThat(pending.add(pattern("r*"))).isFalse();
    }

    @Test
    void acknowledged_oneOfTwoOfAKey_leavesTheOther() {
        Item first = key("a");
        Item second = key("a");
        pending.add(first);
        pending.add(second);
        pending.acknowledged(first, new Head(1, 5), at(5));
        assertThat(pending.hides("a")).isTrue();
        pending.acknowledged(second, new Head(1, 6), at(6));
        assertThat(pending.hides("a")).isFalse();
    }

    @Test
    void idle_itemInFlight_isNotSentAgain() {
        Item item = key("a");
        item.inFlight = true;
        pending.add(item);
        assertThat(pending.idle()).isEmpty();
        item.inFlight = false;
        assertThat(pending.idle()).containsExactly(item);
    }

    @Test
    void tag_hidesWhatHasIt() {
        pending.add(new Item(Kind.TAG, "red", null));
        assertThat(pending.hides("a")).isFalse();
        assertThat(pending.hides("a", List.of("blue", "red"), 9)).isTrue();
        assertThat(pending.hides("a", List.of("blue"), 9)).isFalse();
    }

    @Test
    void expiry_hidesNothingAndMakesDueUntilTheLogHasBroughtItBack() {
        Item key = new Item(Kind.DUE_KEY, "a", null);
        Item pattern = new Item(Kind.DUE_PATTERN, "b*", Glob.of("b*"));
        pending.add(key);
        pending.add(pattern);
        assertThat(pending.hides("a", List.of(), 0)).isFalse();
        assertThat(pending.makesDue("a", 9)).isTrue();
        assertThat(pending.makesDue("bc", 9)).isTrue();
        assertThat(pending.makesDue("c", 9)).isFalse();
        pending.acknowledged(key, new Head(1, 5), at(3));
        pending.acknowledged(pattern, new Head(1, 6), at(3));
        assertThat(pending.makesDue("a", 0)).isFalse();
        assertThat(pending.makesDue("bc", 5)).isTrue();
        assertThat(pending.makesDue("bc", 6)).isFalse();
        pending.forget(at(6));
        assertThat(pending.makesDue("bc", 5)).isFalse();
    }
}
