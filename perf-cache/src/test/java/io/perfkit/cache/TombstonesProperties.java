package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Random histories: the answers are those of a plain list, and nothing that was ever invalidated is overlooked. */
class TombstonesProperties {

    /** Few letters, so that patterns and keys often have to do with each other; one of them has two bytes. */
    private static final String[] PARTS = {
        "a", "b", "ab", "aab", ":", "é", "è", "*", "**", "?", "[ab]", "[^a]", "\\*", "[é", "\\"
    };

    private static final String[] LETTERS = {"a", "b", ":", "é", "è", "*", "\\"};
    private static final String[] TAGS = {"", "a", "ab", "b", "é"};

    private record Event(String pattern, String tag, long epoch) {}

    private static String text(Random random, String[] parts) {
        StringBuilder result = new StringBuilder();
        for (int n = random.nextInt(5); n > 0; n--) {
            result.append(parts[random.nextInt(parts.length)]);
        }
        return result.toString();
    }

    private static String pattern(Random random) {
        String pattern = text(random, PARTS);
        return random.nextBoolean() ? pattern + "*" : pattern;
    }

    @Property(tries = 2_000)
    void anyHistory_answersAsAPlainListDoes(
            @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int limit, @ForAll boolean epochsFromElsewhere) {
        Random random = new Random(seed);
        Tombstones tombstones = new Tombstones(limit, 5);
        TombstonesModel model = new TombstonesModel(limit, 5);
        List<Event> kills = new ArrayList<>();
        for (int step = 0; step < 60; step++) {
            // Epochs from elsewhere have gaps, and a snapshot's patterns and tags come in any order.
            long epoch = epochsFromElsewhere ? Math.max(6, model.epoch() - 3 + random.nextInt(8)) : model.epoch() + 1;
            String pattern = pattern(random);
            String tag = TAGS[random.nextInt(TAGS.length)];
            switch (random.nextInt(epochsFromElsewhere ? 10 : 20)) {
                case 0 -> {
                    long bound = model.epoch() - random.nextInt(6);
                    tombstones.forgetUpTo(bound);
                    model.forgetUpTo(bound);
                }
                case 1 -> {
                    if (epochsFromElsewhere) {
                        tombstones.clear(epoch);
                    } else {
                        assertThat(tombstones.clear()).isEqualTo(epoch);
                    }
                    model.clear(epoch);
                    kills.add(new Event("*", "", epoch));
                }
                case 2, 3, 4 -> {
                    if (epochsFromElsewhere) {
                        tombstones.addTag(tag, epoch);
                    } else {
                        assertThat(tombstones.addTag(tag)).isEqualTo(epoch);
                    }
                    model.addTag(tag, epoch);
                    kills.add(new Event(null, tag, epoch));
                }
                case 5, 6 -> {
                    if (epochsFromElsewhere) {
                        tombstones.addDue(Glob.of(pattern), epoch);
                    } else {
                        assertThat(tombstones.addDue(Glob.of(pattern))).isEqualTo(epoch);
                    }
                    model.addDue(pattern, epoch);
                }
                default -> {
                    if (epochsFromElsewhere) {
                        tombstones.add(Glob.of(pattern), epoch);
                    } else {
                        assertThat(tombstones.add(Glob.of(pattern))).isEqualTo(epoch);
                    }
                    model.add(pattern, epoch);
                    kills.add(new Event(pattern, null, epoch));
                }
            }
            assertThat(tombstones.epoch()).isEqualTo(model.epoch());
            assertThat(tombstones.size()).isEqualTo(model.size()).isLessThanOrEqualTo(limit);
            for (int read = 0; read < 4; read++) {
                check(random, tombstones, model, kills);
            }
        }
    }

    private static void check(Random random, Tombstones tombstones, TombstonesModel model, List<Event> kills) {
        String key = text(random, LETTERS);
        List<String> tags = random.nextBoolean() ? List.of() : List.of(TAGS[random.nextInt(TAGS.length)], "x");
        long since = model.epoch() - random.nextInt(random.nextBoolean() ? 4 : 40);
        boolean killed = tombstones.kills(key, tags, since);
        assertThat(killed).as("%s %s since %d", key, tags, since).isEqualTo(model.kills(key, tags, since));
        assertThat(tombstones.makesDue(key, since)).isEqualTo(model.makesDue(key, since));
        assertThat(tombstones.killsLoad(key, since)).isEqualTo(model.killsLoad(key, since));
        boolean everHit = kills.stream()
                .anyMatch(e -> e.epoch > since
                        && (e.pattern != null ? Glob.of(e.pattern).matches(key) : tags.contains(e.tag)));
        assertThat(killed || !everHit).as("%s %s since %d", key, tags, since).isTrue();
    }
}
