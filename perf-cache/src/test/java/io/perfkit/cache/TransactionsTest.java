package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.TransactionContext.Outcome;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.cache.proxy.Updates;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a cache does in a transaction, rule by rule. Whoever waits for somebody else's load here may wait for ever. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TransactionsTest {

    private final JdbcTransactions transactions = JdbcTransactions.withoutDatabase();
    private final PerfCache cache =
            PerfCache.builder("tx").transactions(transactions).build();
    private final CacheRegion<String> region = cache.region("city", String.class, CachePolicy.of(Duration.ofHours(1)));
    private final AtomicInteger loads = new AtomicInteger();

    @AfterEach
    void close() {
        cache.close();
    }

    private String read(String key, String database) {
        return region.getOrSet(key, (Function<String, String>) k -> {
            loads.incrementAndGet();
            return database;
        });
    }

    private String readElsewhere(String key, String database) {
        return CompletableFuture.supplyAsync(() -> read(key, database)).join();
    }

    private @org.jspecify.annotations.Nullable String cached(String key) {
        return CompletableFuture.supplyAsync(() -> region.getIfPresent(key)).join();
    }

    @Test
    void invalidation_inATransaction_takesEffectAtItsCommit() {
        read("1", "old");
        transactions.begin();
        Acknowledgement invalidation = region.invalidate("1");

        assertThat(readElsewhere("1", "must not load")).isEqualTo("old");
        assertThat(invalidation.isAcknowledged()).isFalse();

        transactions.commit();
        assertThat(invalidation.isAcknowledged()).isTrue();
        assertThat(read("1", "new")).isEqualTo("new");
    }

    @Test
    void everyKindOfChange_inATransactionThatRollsBack_doesNothing() {
        read("1", "old");
        transactions.begin();
        List<Acknowledgement> all = List.of(
                region.put("1", "uncommitted"),
                region.putAll(Map.of("1", "uncommitted")),
                region.invalidate("1"),
                region.invalidateAll(List.of("1")),
                region.invalidatePattern("*"),
                region.expire("1"),
                region.expirePattern("1*"),
                region.invalidateTag("t"),
                region.clear());
        transactions.rollback();

        assertThat(read("1", "must not load")).isEqualTo("old");
        for (Acknowledgement each : all) {
            assertThatThrownBy(() -> each.await(Duration.ofSeconds(1)))
                    .isInstanceOf(CacheException.class)
                    .hasRootCauseMessage(
                            "The transaction was rolled back: what it invalidated and put did not take effect");
        }
    }

    @Test
    void changes_inATransaction_keepTheirOrder() {
        transactions.begin();
        region.put("1", "first");
        region.clear();
        region.put("2", "second");
        transactions.commit();

        assertThat(region.getIfPresent("1")).isNull();
        assertThat(region.getIfPresent("2")).isEqualTo("second");
    }

    @Test
    void await_insideTheTransaction_saysThatItCannot() {
        transactions.begin();
        Acknowledgement one = region.invalidate("1");
        Acknowledgement several = region.invalidateAll(List.of("1", "2"));

        for (Acknowledgement each : List.of(one, several)) {
            assertThatThrownBy(() -> each.await(Duration.ofDays(1)))
                    .isInstanceOf(CacheException.class)
                    .hasMessageContaining("cannot be awaited inside of it. Await it after the commit");
        }
        transactions.commit();
        assertThat(one.await(Duration.ZERO)).isTrue();
        assertThat(several.await(Duration.ZERO)).isTrue();
    }

    @Test
    void changedKeys_ofEveryKind_areReadPastTheCache() {
        Map<String, Runnable> changes = new LinkedHashMap<>();
        changes.put("put", () -> region.put("1", "put"));
        changes.put("key", () -> region.invalidate("1"));
        changes.put("pattern", () -> region.invalidatePattern("1*"));
        changes.put("tag", () -> region.invalidateTag("tag"));
        changes.put("clear", region::clear);
        changes.put("expire", () -> region.expire("1"));
        changes.put("expirePattern", () -> region.expirePattern("?"));
        changes.forEach((name, change) -> {
            cache.region("city", String.class, CachePolicy.of(Duration.ofHours(1)));
            region.getOrSet("1", (key, context) -> {
                context.tags("tag");
                return "old";
            });
            transactions.begin();
            change.run();

            assertThat(read("1", "own")).as(name).isEqualTo("own");
            assertThat(read("1", "own later")).as(name).isEqualTo("own later");
            assertThat(region.getIfPresent("1")).as(name).isNull();
            assertThat(region.getOrSetAsync("1", k -> CompletableFuture.completedFuture("own"))
                            .join())
                    .as(name)
                    .isEqualTo("own");
            assertThat(region.getOrSetAll(List.of("1"), keys -> Map.of("1", "own")))
                    .as(name)
                    .containsEntry("1", "own");
            assertThat(cached("1")).as(name).isEqualTo("old");
            transactions.rollback();
            assertThat(read("1", "must not load")).as(name).isEqualTo("old");
        });
    }

    @Test
    void committedValues_ofUnchangedKeys_areServedInATransaction() {
        read("1", "committed");
        transactions.begin();
        region.invalidate("2");

        assertThat(read("1", "must not load")).isEqualTo("committed");
        assertThat(region.getIfPresent("1")).isEqualTo("committed");
        assertThat(region.getOrSetAll(List.of("1"), keys -> Map.of())).containsEntry("1", "committed");
        transactions.rollback();
    }

    @Test
    void load_inATransaction_isPrivateUntilTheCommit() {
        transactions.begin();
        assertThat(read("1", "uncommitted")).isEqualTo("uncommitted");
        assertThat(read("1", "must not load")).isEqualTo("uncommitted");
        assertThat(cached("1")).isNull();
        transactions.commit();

        assertThat(cached("1")).isEqualTo("uncommitted");
    }

    @Test
    void loads_ofEveryForm_areDroppedOnRollback() {
        transactions.begin();
        read("1", "uncommitted");
        region.getOrSetAsync("2", k -> CompletableFuture.completedFuture("uncommitted"))
                .join();
        region.getOrSetAll(List.of("3", "4"), keys -> Map.of("3", "uncommitted", "4", "uncommitted"));
        transactions.rollback();

        for (String key : List.of("1", "2", "3", "4")) {
            assertThat(cached(key)).isNull();
        }
    }

    @Test
    void load_inATransaction_neitherJoinsNorIsJoined() {
        CompletableFuture<String> slow = new CompletableFuture<>();
        CompletableFuture<String> outside = region.getOrSetAsync("1", k -> slow);
        transactions.begin();
        assertThat(read("1", "mine")).isEqualTo("mine");
        CompletableFuture<String> inside = region.getOrSetAsync("2", k -> new CompletableFuture<>());
        assertThat(readElsewhere("2", "theirs")).isEqualTo("theirs");
        assertThat(inside).isNotDone();
        slow.complete("theirs");
        assertThat(outside.join()).isEqualTo("theirs");
        transactions.rollback();
    }

    @Test
    void everyChangeSinceTheLoad_keepsItFromBeingStored() {
        Map<String, Runnable> changes = new LinkedHashMap<>();
        changes.put("key", () -> region.invalidate("1"));
        changes.put("keys", () -> region.invalidateAll(List.of("1")));
        changes.put("pattern", () -> region.invalidatePattern("?"));
        changes.put("tag", () -> region.invalidateTag("tag"));
        changes.put("clear", region::clear);
        changes.put("expire", () -> region.expire("1"));
        changes.put("expirePattern", () -> region.expirePattern("?"));
        changes.forEach((name, change) -> {
            transactions.begin();
            region.getOrSet("1", (key, context) -> {
                context.tags("tag");
                return "older";
            });
            CompletableFuture.runAsync(change).join();
            assertThat(read("1", "newer")).as(name + ": not again").isEqualTo("newer");
            transactions.commit();
            String stored = cached("1");
            assertThat(stored).as(name).isIn(null, "newer");
            region.clear();
        });
        transactions.begin();
        read("1", "older");
        CompletableFuture.runAsync(() -> region.put("1", "put")).join();
        transactions.commit();
        assertThat(cached("1")).isEqualTo("put");
    }

    @Test
    void putOfACommit_thatIsHeardOfAfterALaterOne_isAnInvalidation() {
        Map<String, Runnable> changes = new LinkedHashMap<>();
        changes.put("key", () -> region.invalidate("1"));
        changes.put("keys", () -> region.invalidateAll(List.of("1")));
        changes.put("put", () -> region.put("1", "newer"));
        changes.put("pattern", () -> region.invalidatePattern("?"));
        changes.put("clear", region::clear);
        changes.put("expire", () -> region.expire("1"));
        changes.put("expirePattern", () -> region.expirePattern("?"));
        changes.forEach((name, change) -> {
            for (boolean deferred : new boolean[] {false, true}) {
                // Committed in the database, but not heard of here yet.
                Deferral deferral = deferred ? cache.defer() : null;
                if (deferral == null) {
                    transactions.begin();
                }
                region.put("1", "older");
                CompletableFuture.runAsync(() -> {
                            transactions.begin();
                            change.run();
                            transactions.commit();
                        })
                        .join();
                if (deferral == null) {
                    transactions.commit();
                } else {
                    deferral.commit();
                }
                assertThat(cached("1")).as(name + (deferred ? " deferred" : "")).isNull();
            }
        });
    }

    @Test
    void puts_besideOtherChangesOfTheirCommit_areStored() {
        transactions.begin();
        region.invalidatePattern("*");
        region.clear();
        region.invalidateTag("tag");
        region.invalidatePattern("1");
        region.put("1", "value");
        region.expire("2");
        Map<String, String> many = new LinkedHashMap<>();
        for (int i = 0; i < 900; i++) {
            many.put("many" + i, "value");
        }
        region.putAll(many);
        region.expirePattern("none*");
        transactions.commit();

        assertThat(cached("1")).isEqualTo("value");
        assertThat(many.keySet()).allMatch(key -> "value".equals(cached(key)));
    }

    @Test
    void put_beforeALaterPatternOfItsOwnCommit_isNotKept() {
        transactions.begin();
        region.put("1", "value");
        region.invalidatePattern("?");
        transactions.commit();

        assertThat(cached("1")).isNull();
    }

    @Test
    void ownChange_afterTheLoad_keepsItFromBeingStored() {
        transactions.begin();
        read("1", "before");
        region.invalidatePattern("1");
        transactions.commit();

        assertThat(cached("1")).isNull();
    }

    @Test
    void snapshot_readsWhatWasAndIsNotStored() {
        for (boolean readOnly : new boolean[] {false, true}) {
            transactions.begin(readOnly, true);
            assertThat(read("1", "past")).isEqualTo("past");
            assertThat(cached("1")).isNull();
            transactions.commit();
            assertThat(cached("1")).isNull();
        }
    }

    @Test
    void readOnlyTransaction_isAsOutside() {
        transactions.begin(true, false);
        read("1", "value");
        assertThat(cached("1")).isEqualTo("value");
        region.invalidate("1");
        assertThat(cached("1")).isNull();
        transactions.rollback();
    }

    @Test
    void requiresNew_endsByItself() {
        read("1", "old");
        read("2", "old");
        transactions.begin();
        region.invalidate("1");
        transactions.begin();
        assertThat(read("1", "must not load")).isEqualTo("old");
        region.invalidate("2");
        transactions.commit();
        assertThat(cached("2")).isNull();
        assertThat(cached("1")).isEqualTo("old");
        transactions.rollback();
        assertThat(cached("1")).isEqualTo("old");
    }

    @Test
    void suspended_isOutside() {
        transactions.begin();
        read("2", "uncommitted");
        transactions.outside(() -> {
            region.put("1", "now");
            assertThat(region.getIfPresent("2")).isNull();
        });
        assertThat(cached("1")).isEqualTo("now");
        transactions.rollback();
        assertThat(cached("1")).isEqualTo("now");
    }

    @Test
    void savepoint_thatIsRolledBack_takesPutsAndLoadsWithIt() {
        read("3", "old");
        transactions.begin();
        region.put("1", "undone");
        read("2", "undone");
        region.invalidate("3");
        CompletableFuture<String> late = new CompletableFuture<>();
        CompletableFuture<String> load = region.getOrSetAsync("4", k -> late);
        transactions.rollbackTo(transactions.savepoint());
        late.complete("undone");
        assertThat(load.join()).isEqualTo("undone");
        assertThat(read("2", "again")).isEqualTo("again");
        transactions.commit();

        assertThat(cached("1")).isNull();
        assertThat(cached("2")).isEqualTo("again");
        assertThat(cached("3")).isNull();
        assertThat(cached("4")).isNull();
    }

    @Test
    void unknownOutcome_invalidatesAndStoresNothing() {
        read("1", "old");
        JdbcTransactions.Held held = transactions.begin();
        region.invalidate("1");
        region.put("2", "perhaps");
        read("3", "perhaps");
        CompletableFuture.runAsync(() -> held.complete(Outcome.UNKNOWN)).join();

        assertThat(cached("1")).isNull();
        assertThat(cached("2")).isNull();
        assertThat(cached("3")).isNull();
        // The thread has not noticed yet.
        region.put("4", "at once");
        assertThat(cached("4")).isEqualTo("at once");
        transactions.rollback();
    }

    @Test
    void asyncLoad_thatEndsAfterItsTransaction_isStoredOnlyIfThatCommitted() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        transactions.begin();
        region.getOrSetAsync("1", k -> first);
        transactions.commit();
        transactions.begin();
        region.getOrSetAsync("2", k -> second);
        transactions.rollback();
        first.complete("committed");
        second.complete("rolled back");

        assertThat(cached("1")).isEqualTo("committed");
        assertThat(cached("2")).isNull();
    }

    interface Cities {
        @Cached(region = "city", key = "{id}")
        Optional<String> city(long id);

        @Invalidates(region = "city", key = "{id}")
        CompletionStage<String> move(long id);

        @Updates(region = "city", key = "{id}")
        String rename(long id);
    }

    @Test
    void decorators_followTheTransactionOfTheCall() {
        CompletableFuture<String> moved = new CompletableFuture<>();
        Cities cities = CachingProxy.of(
                Cities.class,
                new Cities() {
                    @Override
                    public Optional<String> city(long id) {
                        loads.incrementAndGet();
                        return Optional.of("row " + loads);
                    }

                    @Override
                    public CompletionStage<String> move(long id) {
                        return moved;
                    }

                    @Override
                    public String rename(long id) {
                        return "renamed";
                    }
                },
                cache);
        cities.city(1);
        transactions.begin();
        cities.move(1);
        CompletableFuture.runAsync(() -> moved.complete("done")).join();
        assertThat(cached("1"))
                .as("the stage completed on a thread without a transaction")
                .isEqualTo("row 1");
        assertThat(cities.city(1)).contains("row 2");
        cities.rename(2);
        assertThat(cached("2")).isNull();
        transactions.commit();

        assertThat(cached("1")).isNull();
        assertThat(cached("2")).isEqualTo("renamed");
    }

    @Test
    void deferral_inOrAroundATransaction_leavesItsChangesToIt() {
        read("1", "old");
        Deferral around = cache.defer();
        transactions.begin();
        Deferral inside = cache.defer();
        region.invalidate("1");
        inside.commit();
        assertThat(cached("1")).isEqualTo("old");
        assertThat(read("1", "own")).isEqualTo("own");
        transactions.commit();
        assertThat(cached("1")).isNull();
        around.close();
    }

    @Test
    void staleValue_inATransaction_isServedWithoutARefreshThatWouldSeeIt() {
        long[] now = {1};
        try (PerfCache own = PerfCache.builder("stale")
                .transactions(transactions)
                .ticker(() -> now[0])
                .executor(Runnable::run)
                .build()) {
            CacheRegion<String> stale = own.region(
                    "r",
                    String.class,
                    CachePolicy.builder()
                            .ttl(Duration.ofSeconds(1))
                            .staleWhileRevalidate(Duration.ofHours(1))
                            .build());
            stale.put("1", "stale");
            now[0] += Duration.ofSeconds(2).toNanos();
            transactions.begin();
            assertThat(stale.getOrSet("1", (Function<String, String>) k -> "uncommitted"))
                    .isEqualTo("stale");
            transactions.rollback();
            assertThat(stale.getIfPresent("1")).isEqualTo("stale");
        }
    }

    @Test
    void loaders_thatAskForTheirOwnKeyOrFail_saySo() {
        transactions.begin();
        assertThatThrownBy(() -> region.getOrSet("1", () -> {
                    transactions.begin();
                    try {
                        return read("1", "x") + region.getOrSet("2", () -> region.getOrSet("1", () -> "x"));
                    } finally {
                        transactions.rollback();
                    }
                }))
                .isInstanceOf(RecursiveLoadException.class);
        assertThatThrownBy(() -> region.getOrSetAll(
                        List.of("1", "2"), keys -> region.getOrSetAll(List.of("3", "2"), more -> Map.of())))
                .isInstanceOf(RecursiveLoadException.class);
        assertThat(region.getOrSet("3", () -> region.getOrSet("4", () -> "nested")))
                .isEqualTo("nested");
        assertThatThrownBy(() -> region.getOrSet("5", () -> {
                    throw new IOException("checked");
                }))
                .isInstanceOf(CacheLoadException.class)
                .hasRootCauseMessage("checked");
        assertThatThrownBy(() -> region.getOrSet("6", () -> {
                    throw new IllegalStateException("unchecked");
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("unchecked");
        transactions.rollback();
    }

    @Test
    void twoCachesAndTwoRegions_followOneTransaction() {
        CacheRegion<String> other = cache.region("other", String.class, CachePolicy.of(Duration.ofHours(1)));
        try (PerfCache second =
                PerfCache.builder("second").transactions(transactions).build()) {
            CacheRegion<String> far = second.region("city", String.class, CachePolicy.of(Duration.ofHours(1)));
            List<CacheRegion<String>> all = List.of(region, other, far);
            transactions.begin();
            all.forEach(each -> each.put("1", "value"));
            assertThat(other.getOrSet("1", () -> "own")).isEqualTo("own");
            all.forEach(each -> assertThat(CompletableFuture.supplyAsync(() -> each.getOrSet("2", () -> "x"))
                            .join())
                    .isEqualTo("x"));
            transactions.commit();
            all.forEach(each -> assertThat(each.getIfPresent("1")).isEqualTo("value"));
        }
    }

    @Test
    void manyChangesAndLoads_inOneTransaction_areBoundedAndSafe() {
        read("old", "old");
        transactions.begin();
        for (int i = 0; i < TransactionRegion.MAXIMUM_VALUES + 10; i++) {
            read("loaded" + i, "value");
        }
        for (int i = 0; i <= ChangedKeys.MAXIMUM; i++) {
            region.invalidate("changed" + i);
        }
        assertThat(read("old", "own"))
                .as("past the bound, everything counts as changed")
                .isEqualTo("own");
        transactions.commit();
        assertThat(cached("old")).isNull();
    }
}
