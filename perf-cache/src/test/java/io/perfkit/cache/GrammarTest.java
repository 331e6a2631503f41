package io.perfkit.cache;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.proxy.MethodCaching;
import io.perfkit.cache.redis.RedisFigures;
import io.perfkit.cache.servlet.CachedResponse;
import io.perfkit.cache.servlet.ResponseCacheFilter;
import io.perfkit.testkit.grammar.Grammar;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {

    @Test
    void publicTypes_ofThisArtifact_followTheGrammar() {
        RedisClient client = RedisClient.create("redis://localhost");
        try (PerfCache cache = PerfCache.builder("grammar").build()) {
            Grammar.of(PerfCache.class)
                    .sample(PerfCache.Builder.class, () -> PerfCache.builder("grammar"))
                    .sample(PerfCache.class, () -> PerfCache.builder("grammar").build())
                    .sample(CachePolicy.Builder.class, CachePolicy::builder)
                    .settings(LocalOptions.class, LocalOptions::new)
                    .sample(Deferral.class, cache::defer)
                    .sample(RedisFigures.class, () -> RedisFigures.of(client, Duration.ofSeconds(1)))
                    .sample(
                            ResponseCacheFilter.Builder.class,
                            () -> ResponseCacheFilter.builder(
                                    cache.region("pages", CachedResponse.class, CachePolicy.of(Duration.ofHours(1)))))
                    .sample(MethodCaching.Builder.class, () -> MethodCaching.builder(cache))
                    .contradiction(
                            "sharedOnly",
                            "localOnly",
                            () -> CachePolicy.builder().sharedOnly().localOnly().build())
                    .contradiction(
                            "maximumSize",
                            "maximumWeight",
                            () -> PerfCache.builder("grammar")
                                    .local(local -> local.maximumSize(1).maximumWeight(1))
                                    .build())
                    .except("name", "PerfCache.Builder#maxStaleness", "the field's word, as in MongoDB and Cosmos DB")
                    .except("wither", "CacheRegion#copying", "a view of the region beside others")
                    .except("wither", "CacheRegion#withTtl", "a view of the region beside others")
                    .except("exposed", "CacheRegion", "its base has no member that can be used from outside")
                    .except("wither", "Invalidation#repeatAfter", "does something, and returns itself to be awaited")
                    .except("wither", "LoadContext#tags", "what a loader says of its value")
                    .except("wither", "LoadContext#ttl", "what a loader says of its value")
                    .except("wither", "CacheMetrics#withServer", "a binder is a value")
                    .except("wither", "CacheMetrics#withStandardNames", "a binder is a value")
                    .except("listener", "TransactionContext.Listener#completed", "is what the cache implements")
                    .except("listener", "TransactionContext.Listener#savepointRolledBack", "as completed")
                    .except("name", "SharedTier.Region#snapshot", "no part of the API")
                    .except("name", "SharedTier.Snapshot", "no part of the API")
                    .check();
        } finally {
            client.shutdown(0, 1, TimeUnit.SECONDS);
        }
    }
}
