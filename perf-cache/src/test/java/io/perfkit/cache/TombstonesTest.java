package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.Test;

class TombstonesTest {

    private final Tombstones tombstones = new Tombstones(8, 0);

    private boolean kills(String key, long since) {
        return tombstones.kills(key, List.of(), since);
    }

    @Test
    void kills_laterMatchingPattern_onlyThoseBefore() {
        long epoch = tombstones.add(Glob.of("a*"));
        assertThat(kills("ab", epoch - 1)).isTrue();
        assertThat(kills("ab", epoch)).isFalse();
        assertThat(kills("b", epoch - 1)).isFalse();
    }

    @Test
    void kills_prefixesThatShareABeginning_eachKillsItsOwn() {
        tombstones.add(Glob.of("user:12:*"));
        tombstones.add(Glob.of("user:123*"));
        tombstones.add(Glob.of("user:*:settings"));
        tombstones.add(Glob.of("us*"));
        assertThat(kills("user:12:profile", 0)).isTrue();
        assertThat(kills("user:1234", 1)).isTrue();
        assertThat(kills("user:9:settings", 2)).isTrue();
        assertThat(kills("use", 3)).isTrue();
        assertThat(kills("u", 0)).isFalse();
        assertThat(kills("user:12:profile", 4)).isFalse();
    }

    @Test
    void kills_prefixThatEndsWithinACharacter_killsAsRedisWould() {
        // é is C3 A9, è is C3 A8, ü is C3 BC: what they share is one byte, which a set can ask for.
        tombstones.add(Glob.of("caf[è]*"));
        tombstones.add(Glob.of("né*"));
        assertThat(kills("café", 0)).isTrue();
        assertThat(kills("cafe", 0)).isFalse();
        assertThat(kills("née", 0)).isTrue();
        assertThat(kills("nè", 0)).isFalse();
        assertThat(kills("né", 1)).isTrue();
        assertThat(kills("né", 2)).isFalse();
    }

    @Test
    void kills_emptyKey_byALoneStarOnly() {
        tombstones.add(Glob.of("**"));
        assertThat(kills("", 0)).isFalse();
        assertThat(kills("a", 0)).isTrue();
        tombstones.add(Glob.of("*"));
        assertThat(kills("", 0)).isTrue();
    }

    @Test
    void kills_tag_onlyWhatHasIt() {
        tombstones.addTag("red");
        assertThat(tombstones.kills("k", List.of("blue", "red"), 0)).isTrue();
        assertThat(tombstones.kills("k", List.of("blue", "re", "redd"), 0)).isFalse();
        assertThat(tombstones.kills("k", List.of("red"), 1)).isFalse();
        assertThat(kills("red", 0)).isFalse();
    }

    @Test
    void addDue_makesDueAndKillsNothing() {
        long epoch = tombstones.addDue(Glob.of("a*"));
        assertThat(tombstones.epoch()).isEqualTo(epoch);
        assertThat(tombstones.makesDue("ab", epoch - 1)).isTrue();
        assertThat(tombstones.makesDue("ab", epoch)).isFalse();
        assertThat(tombstones.makesDue("b", epoch - 1)).isFalse();
        assertThat(kills("ab", epoch - 1)).isFalse();
    }

    @Test
    void killsLoad_anyTagAndAnyTombstoneThatMatches() {
        tombstones.addDue(Glob.of("a*"));
        assertThat(tombstones.killsLoad("a", 0)).isTrue();
        assertThat(tombstones.killsLoad("b", 0)).isFalse();
        tombstones.addTag("red");
        assertThat(tombstones.killsLoad("b", 0)).isTrue();
        assertThat(tombstones.killsLoad("b", 2)).isFalse();
    }

    @Test
    void clear_everythingBefore_isKilled() {
        tombstones.add(Glob.of("a*"));
        tombstones.addTag("red");
        tombstones.addDue(Glob.of("b*"));
        long epoch = tombstones.clear();
        assertThat(kills("b", epoch - 1)).isTrue();
        assertThat(tombstones.killsLoad("b", epoch - 1)).isTrue();
        assertThat(kills("a", epoch)).isFalse();
        assertThat(tombstones.size()).isZero();
    }

    @Test
    void add_samePatternAgain_keepsTheLaterEpochOnly() {
        tombstones.add(Glob.of("a*"));
        tombstones.add(Glob.of("*b"));
        tombstones.add(Glob.of("*b"));
        long epoch = tombstones.add(Glob.of("a*"));
        assertThat(tombstones.size()).isEqualTo(2);
        assertThat(kills("a", epoch - 1)).isTrue();
    }

    @Test
    void add_pastTheLimit_killsEverythingOlderThanWhatItForgot() {
        for (int i = 1; i <= 9; i++) {
            tombstones.add(Glob.of("p" + i + "*"));
        }
        assertThat(tombstones.size()).isEqualTo(8);
        assertThat(kills("unrelated", 0)).isTrue();
        assertThat(kills("unrelated", 1)).isFalse();
        assertThat(kills("p2", 1)).isTrue();
        assertThat(kills("p9", 8)).isTrue();
    }

    @Test
    void addDue_pastTheLimit_makesMoreDueButKillsNothing() {
        for (int i = 1; i <= 9; i++) {
            tombstones.addDue(Glob.of("p" + i + "*"));
        }
        assertThat(tombstones.size()).isEqualTo(8);
        assertThat(tombstones.makesDue("unrelated", 0)).isTrue();
        assertThat(tombstones.makesDue("unrelated", 1)).isFalse();
        assertThat(kills("unrelated", 0)).isFalse();
    }

    @Test
    void forgetUpTo_whatWasNotCheckedAgainstIt_isKilled() {
        tombstones.add(Glob.of("a*"));
        long epoch = tombstones.add(Glob.of("b*"));
        tombstones.add(Glob.of("c*"));
        tombstones.forgetUpTo(epoch);
        assertThat(tombstones.size()).isEqualTo(1);
        assertThat(kills("unrelated", epoch - 1)).isTrue();
        assertThat(kills("unrelated", epoch)).isFalse();
        assertThat(kills("c", epoch)).isTrue();
    }

    @Test
    void forgetUpTo_laterThanTheLastTombstone_killsNothingThatIsNewerThanThat() {
        tombstones.add(Glob.of("a*"), 3);
        tombstones.forgetUpTo(7);
        assertThat(kills("a", 2)).isTrue();
        assertThat(kills("a", 3)).isFalse();
    }

    @Test
    void forgetUpTo_everything_leavesTheEpoch() {
        long epoch = tombstones.add(Glob.of("a*"));
        tombstones.forgetUpTo(epoch);
        assertThat(tombstones.epoch()).isEqualTo(epoch);
        assertThat(kills("a", epoch)).isFalse();
        assertThat(kills("a", epoch - 1)).isTrue();
    }

    @Test
    void reading_asciiKeysAndTags_allocatesNothing() {
        Tombstones many = new Tombstones(10_000, 0);
        for (int i = 0; i < 1_000; i++) {
            many.add(Glob.of("customer:" + i + ":*"));
            many.addDue(Glob.of("order:" + i + ":*:x"));
            many.addTag("tag" + i);
        }
        List<String> tags = List.of("blue", "tag");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long thread = Thread.currentThread().getId();
        int hits = 0;
        long before = 0;
        for (int i = 0; i < 20_000; i++) {
            if (i == 10_000) {
                before = threads.getThreadAllocatedBytes(thread);
            }
            hits += many.kills("customer:1001:profile", tags, 0) ? 1 : 0;
            hits += many.kills("customer:77:profile", tags, 0) ? 1 : 0;
            hits += many.makesDue("order:5:lines", 0) ? 1 : 0;
            hits += many.killsLoad("customer:1001:profile", many.epoch()) ? 1 : 0;
        }
        long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(hits).isEqualTo(20_000);
        assertThat(allocated).isLessThan(10_000);
    }
}
