package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A caller never gets what belongs to another, whatever is in the arguments that make up a key. */
class AmbiguousKeysTest {

    enum Status {
        IN,
        IN_STOCK,
        OUT
    }

    interface Notes {
        @Cached(region = "notes", key = "{tenant}:{name}")
        String find(String tenant, String name);

        @Cached(region = "notes", key = "all:{tenant}:{name}")
        Map<String, String> findAll(String tenant, @BulkKey Set<String> name);

        @Updates(region = "notes", key = "{tenant}:{name}")
        String save(String tenant, String name);

        @Cached(region = "notes", key = "status:{status}_{name}")
        String byStatus(Status status, String name);

        @Cached(region = "notes", key = "day:{day}-{id}-{n}-{name}")
        String byDay(LocalDate day, UUID id, int n, String name);
    }

    /** Answers what it was asked, and counts. */
    static final class Asked implements Notes {
        int calls;

        private String answer(Object... arguments) {
            calls++;
            return List.of(arguments).toString();
        }

        @Override
        public String find(String tenant, String name) {
            return answer(tenant, "|", name);
        }

        @Override
        public Map<String, String> findAll(String tenant, Set<String> names) {
            Map<String, String> found = new TreeMap<>();
            names.forEach(name -> found.put(name, answer(tenant, "|", name)));
            return found;
        }

        @Override
        public String save(String tenant, String name) {
            return answer("saved", tenant, "|", name);
        }

        @Override
        public String byStatus(Status status, String name) {
            return answer(status, "|", name);
        }

        @Override
        public String byDay(LocalDate day, UUID id, int n, String name) {
            return answer(day, id, n, name);
        }
    }

    private final PerfCache cache = PerfCache.builder("notes").build();
    private final Asked asked = new Asked();
    private final CacheRegion<String> region;
    private final Notes notes;
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(CachingProxy.class);

    AmbiguousKeysTest() {
        region = cache.region("notes", String.class, CachePolicy.of(Duration.ofMinutes(1)));
        notes = CachingProxy.of(Notes.class, asked, cache);
    }

    @BeforeEach
    void listen() {
        log.start();
        logger.addAppender(log);
    }

    @AfterEach
    void close() {
        logger.detachAppender(log);
        cache.close();
    }

    @Test
    void find_aTenantWithASeparator_getsNothingOfAnothers() {
        assertThat(notes.find("a", "b:c")).isEqualTo("[a, |, b:c]");
        assertThat(notes.find("a:b", "c")).isEqualTo("[a:b, |, c]");
        assertThat(notes.find("a", "b:c")).isEqualTo("[a, |, b:c]");
        assertThat(asked.calls).isEqualTo(2);
    }

    @Test
    void find_argumentsWithoutASeparator_areCachedUnderTheirTextsAsTheyAre() {
        notes.find("a", "b");
        notes.find("a", "b");
        assertThat(asked.calls).isEqualTo(1);
        assertThat(region.getIfPresent("a:b")).isEqualTo("[a, |, b]");
    }

    @Test
    void findAll_aTenantWithASeparator_getsNothingOfAnothers() {
        assertThat(notes.findAll("a", Set.of("b:c"))).containsEntry("b:c", "[a, |, b:c]");
        assertThat(notes.findAll("a:b", Set.of("c"))).containsEntry("c", "[a:b, |, c]");
    }

    @Test
    void save_aTenantWithASeparator_putsNothingUnderAnothersKeyAndRemovesWhatIsThere() {
        notes.find("a", "b:c");
        notes.save("a:b", "c");
        assertThat(notes.find("a", "b:c")).isEqualTo("[a, |, b:c]");
        assertThat(asked.calls).isEqualTo(3);
    }

    @Test
    void byStatus_anEnumWithASeparator_isCachedWhereItCannotBeMistaken() {
        assertThat(notes.byStatus(Status.IN, "STOCK_x")).isEqualTo("[IN, |, STOCK_x]");
        assertThat(notes.byStatus(Status.IN_STOCK, "x")).isEqualTo("[IN_STOCK, |, x]");
        assertThat(notes.byStatus(Status.IN, "STOCK_x")).isEqualTo("[IN, |, STOCK_x]");
        assertThat(asked.calls).isEqualTo(2);
    }

    @Test
    void byDay_typesThatEndByThemselves_areCachedThoughTheyContainTheSeparator() {
        UUID id = new UUID(-1, -1);
        notes.byDay(LocalDate.of(2026, 1, 2), id, -3, "x-y");
        notes.byDay(LocalDate.of(2026, 1, 2), id, -3, "x-y");
        assertThat(asked.calls).isEqualTo(1);
    }

    @Test
    void find_withASeparator_saysOnceWhyItIsNotCached() {
        notes.find("a:b", "c");
        notes.find("a:b", "d");
        assertThat(log.list)
                .singleElement()
                .satisfies(event -> assertThat(event.getFormattedMessage())
                        .isEqualTo(Notes.class.getName()
                                + ".find(String, String): an argument in the key contains what separates it from the "
                                + "next one, so that a call with other arguments may have the same key. Such calls are "
                                + "not cached. Choose a separator that no argument contains, put this argument last, or "
                                + "leave the key out. (Told once.)"));
    }

    interface Seldom {
        @Cached(region = "notes", key = "{a}::{b}")
        String find(String a, String b);
    }

    /** A separator of two characters may begin in an argument and end in itself. All texts of up to four characters. */
    @Test
    void keys_ofAllSmallTexts_areOfOneCallEach() {
        CallKey key = Template.of(
                new AnnotatedMethod(Seldom.class, Seldom.class.getDeclaredMethods()[0]),
                Cached.class,
                "key",
                "{a}::{b}",
                null);
        List<String> texts = texts();
        Map<String, List<String>> owners = new HashMap<>();
        int ambiguous = 0;
        for (String a : texts) {
            for (String b : texts) {
                Object[] call = {a, b};
                if (key.isAmbiguous(call, null)) {
                    ambiguous++;
                } else {
                    assertThat(owners.put(key.of(call, null), List.of(a, b)))
                            .as("who else has the key of '%s' and '%s'", a, b)
                            .isNull();
                }
            }
        }
        // Of the 31 texts, these end in a colon or have two in them: ":", "a:", "::", ...
        long withSeparator = texts.stream()
                .filter(a -> (a + "::").indexOf("::") < a.length())
                .count();
        assertThat(ambiguous).isEqualTo((int) withSeparator * texts.size());
        assertThat(withSeparator).isLessThan(texts.size() - 10);
    }

    private static List<String> texts() {
        List<String> texts = new ArrayList<>(List.of(""));
        for (int i = 0; texts.get(i).length() < 4; i++) {
            texts.add(texts.get(i) + "a");
            texts.add(texts.get(i) + ":");
        }
        return texts;
    }
}
