package io.perfkit.cache.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.history.Change.Kind;
import io.perfkit.cache.history.Checker.Rule;
import io.perfkit.cache.history.Checker.Violation;
import io.perfkit.cache.history.Read.Tier;
import io.perfkit.cache.history.Value.Origin;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Histories made by hand, with small numbers for instants: what the checker lets pass, and what it does not. */
class CheckerTest {

    private static final long MAX_STALENESS = 1_000;
    private static final long MAXIMUM_LIFE = 50_000;

    private final Checker checker = new Checker(MAX_STALENESS, value -> MAXIMUM_LIFE);
    private long ids;

    private Change change(int node, Kind kind, String subject, long startedAt) {
        Set<String> keys = switch (kind) {
            case TAG -> Set.of();
            case EVERYTHING, PATTERN -> Set.of("k", "l");
            default -> Set.of(subject);
        };
        Change change = new Change(++ids, node, kind, subject, keys, startedAt);
        checker.begins(change);
        return change;
    }

    private Change invalidation(int node, long startedAt) {
        return change(node, Kind.KEY, "k", startedAt);
    }

    private static Value loaded(long bornAt, String... tags) {
        return new Value("k", Origin.LOADED, bornAt, 9, 0, List.of(tags));
    }

    private static Value valueOf(Change put) {
        return new Value("k", Origin.PUT, put.startedAt(), put.node(), put.id(), List.of());
    }

    private Read read(int node, long startedAt, Value value, Tier tier, long appliedUpTo) {
        return new Read(
                node, "get", "k", startedAt, startedAt + 1, value, tier, false, appliedUpTo, Set.of(Fault.NONE));
    }

    private Rule judge(int node, long startedAt, Value value, Tier tier, long appliedUpTo) {
        return checker.check(read(node, startedAt, value, tier, appliedUpTo))
                .map(Violation::rule)
                .orElse(null);
    }

    private Rule judge(int node, long startedAt, Value value) {
        return judge(node, startedAt, value, Tier.OTHER, 0);
    }

    @Test
    void sameNode_returnedBefore_anOlderLoadIsAViolation() {
        Change change = invalidation(1, 100).returned(110);
        Read read = read(1, 111, loaded(99), Tier.OTHER, 0);
        assertThat(checker.check(read)).contains(new Violation(Rule.SAME_NODE, read, Optional.of(change)));
        assertThat(checker.checked()).isZero();
    }

    @Test
    void sameNode_stillRunningOrUnderWayAtTheCall_eitherIsLegal() {
        Change change = invalidation(1, 100);
        assertThat(judge(1, 105, loaded(99))).isNull();
        change.returned(110);
        assertThat(judge(1, 110, loaded(99))).isNull();
        assertThat(judge(1, 111, loaded(100))).isNull();
        assertThat(judge(1, 111, loaded(105))).isNull();
    }

    @Test
    void sameNode_neverAcknowledged_bindsAllTheSame() {
        invalidation(1, 100).returned(110);
        for (Tier tier : Tier.values()) {
            assertThat(judge(1, 40_000, loaded(99), tier, 0)).isEqualTo(Rule.SAME_NODE);
        }
    }

    @Test
    void otherNode_notAcknowledged_isFree() {
        invalidation(1, 100).returned(110);
        assertThat(judge(2, 40_000, loaded(99), Tier.SHARED, 39_999)).isNull();
    }

    @Test
    void otherNode_acknowledged_sharedTierIsBoundAtOnce() {
        invalidation(1, 100).returned(110).acknowledged(200);
        assertThat(judge(2, 200, loaded(99), Tier.SHARED, 0)).isNull();
        assertThat(judge(2, 201, loaded(99), Tier.SHARED, 0)).isEqualTo(Rule.SHARED_TIER);
        assertThat(judge(2, 201, loaded(101), Tier.SHARED, 0)).isNull();
    }

    @Test
    void otherNode_acknowledged_localTierMayLagUntilItHasAppliedIt() {
        invalidation(1, 100).returned(110).acknowledged(200);
        for (Tier tier : List.of(Tier.LOCAL, Tier.OTHER)) {
            assertThat(judge(2, 500, loaded(99), tier, 0)).isNull();
            assertThat(judge(2, 500, loaded(99), tier, 200)).isNull();
            assertThat(judge(2, 500, loaded(99), tier, 201)).isEqualTo(Rule.APPLIED);
        }
    }

    @Test
    void otherNode_acknowledgedLongAgo_localTierMustNotServe() {
        invalidation(1, 100).returned(110).acknowledged(200);
        assertThat(judge(2, 1_200, loaded(99), Tier.LOCAL, 0)).isNull();
        assertThat(judge(2, 1_201, loaded(99), Tier.LOCAL, 0)).isEqualTo(Rule.MAX_STALENESS);
        assertThat(judge(2, 1_201, loaded(150), Tier.LOCAL, 0)).isNull();
    }

    @Test
    void earlierChange_behindOneThatDoesNotBind_isStillFound() {
        invalidation(1, 100).returned(110);
        invalidation(2, 120);
        invalidation(3, 130).returned(140);
        assertThat(judge(1, 150, loaded(99))).isEqualTo(Rule.SAME_NODE);
        assertThat(judge(1, 150, loaded(115))).isNull();
    }

    @Test
    void put_itsOwnValue_isLegal() {
        Change put = change(1, Kind.PUT, "k", 100).returned(110).acknowledged(120);
        assertThat(judge(1, 200, valueOf(put), Tier.SHARED, 200)).isNull();
        assertThat(judge(1, 200, loaded(99))).isEqualTo(Rule.SAME_NODE);
    }

    @Test
    void put_thenAChangeOnTheSameNode_isFromBeforeIt() {
        Change put = change(1, Kind.PUT, "k", 100).returned(110);
        change(1, Kind.PATTERN, "*", 111).returned(112).acknowledged(120);
        assertThat(judge(1, 113, valueOf(put))).isEqualTo(Rule.SAME_NODE);
        assertThat(judge(2, 121, valueOf(put), Tier.SHARED, 0)).isEqualTo(Rule.SHARED_TIER);
    }

    @Test
    void put_besideAChangeOfAnotherNode_mayBeLaterUntilItIsAcknowledged() {
        Change put = change(1, Kind.PUT, "k", 100).returned(110);
        invalidation(2, 150).returned(151).acknowledged(160);
        assertThat(judge(2, 5_000, valueOf(put), Tier.SHARED, 4_000)).isNull();
        put.acknowledged(170);
        assertThat(judge(2, 5_000, valueOf(put), Tier.SHARED, 4_000)).isNull();
        invalidation(2, 180).returned(181).acknowledged(190);
        assertThat(judge(2, 5_000, valueOf(put), Tier.SHARED, 4_000)).isEqualTo(Rule.SAME_NODE);
        assertThat(judge(1, 191, valueOf(put), Tier.SHARED, 0)).isEqualTo(Rule.SHARED_TIER);
    }

    @Test
    void tag_bindsValuesThatCarryItAndNoOthers() {
        change(1, Kind.TAG, "red", 100).returned(110);
        assertThat(judge(1, 120, loaded(99, "green", "red"))).isEqualTo(Rule.SAME_NODE);
        assertThat(judge(1, 120, loaded(99, "green"))).isNull();
        assertThat(judge(1, 120, loaded(99))).isNull();
    }

    @Test
    void everything_bindsEveryKey() {
        change(1, Kind.EVERYTHING, "", 100).returned(110);
        assertThat(judge(1, 120, loaded(99))).isEqualTo(Rule.SAME_NODE);
    }

    @Test
    void changeOfAnotherKey_bindsNothing() {
        change(1, Kind.KEY, "l", 100).returned(110).acknowledged(111);
        assertThat(judge(1, 40_000, loaded(99), Tier.SHARED, 39_000)).isNull();
        assertThat(checker.checked()).isZero();
    }

    @Test
    void value_ofAnotherKey_isAViolation() {
        Value other = new Value("l", Origin.LOADED, 5, 1, 1, List.of());
        assertThat(judge(1, 10, other)).isEqualTo(Rule.KEY);
    }

    @Test
    void value_olderThanEveryLife_isAViolation() {
        assertThat(judge(1, 99 + MAXIMUM_LIFE, loaded(99))).isNull();
        assertThat(judge(1, 100 + MAXIMUM_LIFE, loaded(99))).isEqualTo(Rule.LIFE);
    }

    @Test
    void checked_countsBoundReadsByTierAndFault_andNoLoadsOfTheirOwn() {
        invalidation(1, 100).returned(110).acknowledged(111);
        judge(1, 120, loaded(125));
        judge(1, 105, loaded(101));
        assertThat(checker.checked()).isZero();
        judge(1, 120, loaded(101), Tier.SHARED, 0);
        judge(2, 120, loaded(101), Tier.OTHER, 0);
        assertThat(checker.checked()).isEqualTo(1);
        assertThat(checker.checked(Tier.SHARED)).isEqualTo(1);
        assertThat(checker.checked(Fault.NONE)).isEqualTo(1);
        assertThat(checker.checked(Fault.DROP)).isZero();
    }

    @Test
    void forgotten_changesThatBoundEverybody_areCoveredByLaterOnes() {
        invalidation(1, 100).returned(110).acknowledged(111);
        for (int i = 0; i < 1_000; i++) {
            long at = 200 + 20L * i;
            change(i % 3, Kind.KEY, "k", at).returned(at + 1).acknowledged(at + 2);
        }
        assertThat(checker.changesOf(loaded(1))).hasSizeLessThan(600);
        assertThat(judge(7, 30_000, loaded(99), Tier.LOCAL, 0)).isNotNull();
        assertThat(judge(7, 30_000, loaded(15_000), Tier.LOCAL, 0)).isEqualTo(Rule.MAX_STALENESS);
        assertThat(judge(7, 30_000, loaded(20_200), Tier.LOCAL, 0)).isNull();
    }

    @Test
    void text_ofAValue_isReadBack() {
        Value value = loaded(17, "red", "blue");
        assertThat(Value.parse(value.text())).isEqualTo(value);
        assertThat(Value.parse(loaded(17).text())).isEqualTo(loaded(17));
    }
}
