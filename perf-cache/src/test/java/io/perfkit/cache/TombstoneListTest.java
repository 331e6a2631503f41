package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TombstoneListTest {

    private final TombstoneList list = new TombstoneList(8, 0);

    @Test
    void kills_laterMatchingPattern_onlyThoseBefore() {
        long epoch = list.add(Glob.of("a*"));
        assertThat(list.kills("ab", epoch - 1)).isTrue();
        assertThat(list.kills("ab", epoch)).isFalse();
        assertThat(list.kills("b", epoch - 1)).isFalse();
    }

    @Test
    void clear_everythingBefore_isKilled() {
        list.add(Glob.of("a*"));
        long epoch = list.clear();
        assertThat(list.kills("b", epoch - 1)).isTrue();
        assertThat(list.kills("a", epoch)).isFalse();
        assertThat(list.size()).isZero();
    }

    @Test
    void add_samePatternAgain_keepsTheLaterEpochOnly() {
        list.add(Glob.of("a*"));
        long epoch = list.add(Glob.of("a*"));
        assertThat(list.size()).isEqualTo(1);
        assertThat(list.kills("a", epoch - 1)).isTrue();
    }

    @Test
    void add_pastTheLimit_killsEverythingOlderThanWhatItForgot() {
        for (int i = 1; i <= 9; i++) {
            list.add(Glob.of("p" + i + "*"));
        }
        assertThat(list.size()).isLessThanOrEqualTo(8);
        assertThat(list.kills("unrelated", 0)).isTrue();
        assertThat(list.kills("unrelated", 9)).isFalse();
        assertThat(list.kills("p9", 8)).isTrue();
        assertThat(list.kills("unrelated", 8)).isFalse();
    }

    @Test
    void forgetUpTo_whatWasNotCheckedAgainstIt_isKilled() {
        list.add(Glob.of("a*"));
        long epoch = list.add(Glob.of("b*"));
        list.add(Glob.of("c*"));
        list.forgetUpTo(epoch);
        assertThat(list.size()).isEqualTo(1);
        assertThat(list.kills("unrelated", epoch - 1)).isTrue();
        assertThat(list.kills("unrelated", epoch)).isFalse();
        assertThat(list.kills("c", epoch)).isTrue();
    }

    @Test
    void forgetUpTo_everything_leavesTheEpoch() {
        long epoch = list.add(Glob.of("a*"));
        list.forgetUpTo(epoch);
        assertThat(list.epoch()).isEqualTo(epoch);
        assertThat(list.kills("a", epoch)).isFalse();
        assertThat(list.kills("a", epoch - 1)).isTrue();
    }
}
