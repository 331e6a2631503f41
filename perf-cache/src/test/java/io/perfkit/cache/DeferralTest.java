package io.perfkit.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.proxy.CachingProxy;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.cache.proxy.Updates;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Invalidations that wait for a transaction. */
@Timeout(60)
class DeferralTest {

    private static final CachePolicy POLICY = CachePolicy.of(Duration.ofHours(1));

    private final List<String> applied = new ArrayList<>();
    private final PerfCache cache = PerfCache.builder("shop")
            .executor(Runnable::run)
            .listener(new CacheListener() {
                @Override
                public void onInvalidation(String region, Scope scope, String subject, boolean remote) {
                    applied.add(scope + " " + subject);
                }
            })
            .build();
    private final PerfCache otherCache = PerfCache.builder("other").build();
    private final CacheRegion<String> region = cache.region("user", String.class, POLICY);
    private final CacheRegion<String> other = otherCache.region("user", String.class, POLICY);

    DeferralTest() {
        region.putAll(Map.of("1", "old", "2", "old", "3", "old"));
        applied.clear();
    }

    @AfterEach
    void close() {
        cache.close();
        otherCache.close();
    }

    @Test
    void defer_body_changesTakeEffectAfterIt() {
        String result = cache.defer(() -> {
            region.invalidate("1");
            region.put("2", "new");
            region.invalidatePattern("3*");
            assertThat(region.getIfPresent("1")).isEqualTo("old");
            assertThat(region.getIfPresent("2")).isEqualTo("old");
            assertThat(region.getIfPresent("3")).isEqualTo("old");
            return "done";
        });
        assertThat(result).isEqualTo("done");
        assertThat(region.getIfPresent("1")).isNull();
        assertThat(region.getIfPresent("2")).isEqualTo("new");
        assertThat(region.getIfPresent("3")).isNull();
        assertThat(applied).containsExactly("KEY 1", "KEY 2", "PATTERN 3*");
    }

    @Test
    void defer_everyKindOfChange_isCollected() {
        cache.defer(() -> {
            region.invalidate("a");
            region.invalidateAll(List.of("b", "c"));
            region.invalidatePattern("d*");
            region.invalidateTag("e");
            region.expire("f");
            region.expirePattern("g*");
            region.put("h", "x");
            region.putAll(Map.of("i", "x"));
            region.withTtl(Duration.ofSeconds(1)).put("j", "x");
            region.clear();
            assertThat(applied).isEmpty();
        });
        assertThat(applied)
                .containsExactly(
                        "KEY a",
                        "KEY b",
                        "KEY c",
                        "PATTERN d*",
                        "TAG e",
                        "KEY f",
                        "PATTERN g*",
                        "KEY h",
                        "KEY i",
                        "KEY j",
                        "EVERYTHING ");
    }

    @Test
    void defer_sameChangeAgain_isAppliedOnceAtItsLastPlace() {
        cache.defer(() -> {
            region.put("1", "first");
            region.invalidatePattern("*1");
            region.put("1", "second");
            region.invalidate("2");
            region.put("2", "new");
            region.put("3", "new");
            region.invalidate("3");
        });
        assertThat(applied).containsExactly("PATTERN *1", "KEY 1", "KEY 2", "KEY 3");
        assertThat(region.getIfPresent("1")).isEqualTo("second");
        assertThat(region.getIfPresent("2")).isEqualTo("new");
        assertThat(region.getIfPresent("3")).isNull();
    }

    @Test
    void defer_expiryAfterInvalidation_doesNotWeakenIt() {
        cache.defer(() -> {
            region.invalidate("1");
            region.expire("1");
        });
        assertThat(applied).containsExactly("KEY 1", "KEY 1");
        assertThat(region.getIfPresent("1")).isNull();
    }

    @Test
    void defer_bodyThrows_invalidatesAllTheSameAndPutsNothing() {
        IOException rolledBack = new IOException("rolled back");
        assertThatThrownBy(() -> cache.defer(() -> {
                    region.invalidate("1");
                    region.put("2", "never committed");
                    throw rolledBack;
                }))
                .isSameAs(rolledBack);
        assertThat(region.getIfPresent("1")).isNull();
        assertThat(region.getIfPresent("2")).isNull();
        assertThat(applied).containsExactly("KEY 1", "KEY 2");
    }

    @Test
    void defer_uncommittedRowLoadedInside_isGoneAfterwards() {
        assertThatThrownBy(() -> cache.defer(() -> {
                    region.invalidate("9");
                    region.getOrSet("9", () -> "uncommitted");
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessage("rolled back");
        assertThat(region.getIfPresent("9")).isNull();
    }

    @Test
    void defer_checkedExceptions_areThoseOfTheBody() throws IOException {
        String text = cache.defer(this::read);
        assertThat(text).isEqualTo("read");
        cache.defer(this::write);
        cache.defer(() -> applied.clear());
        cache.defer(() -> {
            write();
        });
    }

    private String read() throws IOException {
        return "read";
    }

    private void write() throws IOException {}

    @Test
    void defer_nested_joinsTheOuter() {
        cache.defer(() -> {
            cache.defer(() -> region.invalidate("1"));
            assertThat(applied).isEmpty();
            region.invalidate("2");
        });
        assertThat(applied).containsExactly("KEY 1", "KEY 2");
        region.invalidate("3");
        assertThat(applied).endsWith("KEY 3");
    }

    @Test
    void defer_nestedFails_noPutOfTheWholeIsKept() {
        cache.defer(() -> {
            region.put("1", "outer");
            try {
                cache.defer(() -> {
                    region.put("2", "inner");
                    throw new IllegalStateException("savepoint");
                });
            } catch (IllegalStateException e) {
                region.put("3", "after");
            }
        });
        assertThat(applied).containsExactly("KEY 1", "KEY 2", "KEY 3");
        assertThat(region.getIfPresent("1")).isNull();
        assertThat(region.getIfPresent("2")).isNull();
        assertThat(region.getIfPresent("3")).isNull();
    }

    @Test
    void defer_otherThreadAndOtherCache_areNotCollected() {
        cache.defer(() -> {
            CompletableFuture.runAsync(() -> region.invalidate("1")).join();
            assertThat(region.getIfPresent("1")).isNull();
            other.put("1", "x");
            assertThat(other.getIfPresent("1")).isEqualTo("x");
        });
    }

    @Test
    void handle_committedOnAnotherThread_appliesAndEndsCollecting() {
        Deferral deferral = cache.defer();
        region.put("1", "new");
        region.invalidate("2");
        CompletableFuture.runAsync(deferral::commit).join();
        assertThat(region.getIfPresent("1")).isEqualTo("new");
        assertThat(region.getIfPresent("2")).isNull();
        region.invalidate("3");
        assertThat(region.getIfPresent("3")).isNull();
        deferral.close();
        deferral.commit();
        assertThat(applied).containsExactly("KEY 1", "KEY 2", "KEY 3");
    }

    @Test
    void handle_committedOnAThreadThatDefersItself_appliesAtOnce() {
        Deferral deferral = cache.defer();
        region.invalidate("1");
        CompletableFuture.runAsync(() -> cache.defer(() -> {
                    region.invalidate("2");
                    deferral.commit();
                    assertThat(applied).containsExactly("KEY 1");
                }))
                .join();
        assertThat(applied).containsExactly("KEY 1", "KEY 2");
    }

    @Test
    void handle_fullAndCommittedOnAThreadThatDefersItself_clearsAtOnce() {
        Deferral deferral = cache.defer();
        for (int i = 0; i <= DeferredChanges.MAXIMUM_PER_REGION; i++) {
            region.invalidate("k" + i);
        }
        CompletableFuture.runAsync(() -> cache.defer(() -> {
                    deferral.commit();
                    assertThat(applied).containsExactly("EVERYTHING ");
                }))
                .join();
    }

    @Test
    void handle_closedWithoutCommit_putsNothing() {
        try (Deferral deferral = cache.defer()) {
            assertThat(deferral).isNotNull();
            region.put("1", "new");
        }
        assertThat(region.getIfPresent("1")).isNull();
        assertThat(applied).containsExactly("KEY 1");
    }

    @Test
    void handle_outerEndsBeforeInner_appliesWithTheLast() {
        Deferral outer = cache.defer();
        Deferral inner = cache.defer();
        region.invalidate("1");
        outer.commit();
        region.invalidate("2");
        assertThat(applied).isEmpty();
        inner.commit();
        assertThat(applied).containsExactly("KEY 1", "KEY 2");
    }

    @Test
    void invalidation_deferred_isAcknowledgedOnceApplied() {
        List<Acknowledgement> issued = new ArrayList<>();
        cache.defer(() -> {
            issued.add(region.invalidate("1"));
            issued.add(region.put("1", "x"));
            issued.add(region.invalidateAll(List.of("1", "2")));
            assertThat(issued).noneMatch(Acknowledgement::isAcknowledged);
            assertThat(issued.get(0).await(Duration.ZERO)).isFalse();
        });
        assertThat(issued).allMatch(Acknowledgement::isAcknowledged);
    }

    @Test
    void defer_manyChangesOfARegion_becomeAClear() {
        List<Acknowledgement> issued = new ArrayList<>();
        cache.defer(() -> {
            for (int i = 0; i <= DeferredChanges.MAXIMUM_PER_REGION; i++) {
                issued.add(region.put("k" + i, "x"));
            }
            issued.add(region.put("late", "x"));
        });
        assertThat(applied).containsExactly("EVERYTHING ", "KEY late");
        assertThat(issued).allMatch(Acknowledgement::isAcknowledged);
        assertThat(region.getIfPresent("1")).isNull();
        assertThat(region.getIfPresent("late")).isEqualTo("x");
    }

    interface Users {
        @Invalidates(region = "user", key = "{id}")
        void rename(String id);

        @Updates(region = "user", key = "{id}")
        String save(String id);
    }

    @Test
    void proxy_insideABody_isCollectedToo() {
        Users users = CachingProxy.of(
                Users.class,
                new Users() {
                    @Override
                    public void rename(String id) {}

                    @Override
                    public String save(String id) {
                        return "new";
                    }
                },
                cache);
        cache.defer(() -> {
            users.rename("1");
            users.save("2");
            assertThat(applied).isEmpty();
        });
        assertThat(applied).containsExactly("KEY 1", "KEY 2");
        assertThat(region.getIfPresent("2")).isEqualTo("new");
    }
}
