package io.perfkit.cache;

import io.perfkit.testkit.walls.Layers;
import io.perfkit.testkit.walls.Walls;
import org.junit.jupiter.api.Test;

/** What each package of perf-cache may import; the rules are in docs/adr/0001-walls.md. */
class WallsTest {
    @Test
    void walls_ofThisArtifact_hold() {
        Walls.of("io.perfkit.cache")
                .mandatory("com.github.benmanes.caffeine.cache..", "io.github.resilience4j..", "org.slf4j..")
                .ground("spi")
                .ground("internal")
                .room("proxy")
                .room("redis", "io.lettuce.core..")
                .room("json", "tools.jackson..", "com.fasterxml.jackson.annotation..")
                .room("micrometer", "io.micrometer.core..")
                .room("servlet", "jakarta.servlet..")
                .layers(layers())
                .check();
    }

    /** As they are drawn in the Javadoc of the package. */
    private static Layers layers() {
        return Layers.none()
                .layer(
                        "words",
                        "CacheException|CacheLoadException|LoadTimeoutException|RecursiveLoadException"
                                + "|CachePolicy|PolicyProperties|LocalOptions|Codec|PlainCodecs|Compression|Gzip|Entities"
                                + "|.*Loader|LoadContext|Invalidation|Acknowledgement|TransactionContext|CacheListener|SafeListener"
                                + "|CacheStats|CloseReport|Counters|FailureLog|CoarseClock|Checks|Envelope|Interruption")
                .layer("tombstones", "Glob|PrefixTree|Tombstones")
                .layer("format", "EntryFormat|Parsed|Found|Encoded|Life")
                .layer(
                        "local tier",
                        "LocalTier|Entry|Lifetimes|ChangeCounts|RetryTimes|Flight|WaitForGraph|PrivateLoad",
                        "words",
                        "tombstones",
                        "format")
                .layer("connection", "SharedSession|SharedBreaker|BoundedConnect|TierEvents", "words", "format")
                .layer(
                        "log",
                        "Log.*|PendingInvalidations|RegionLink",
                        "words",
                        "tombstones",
                        "format",
                        "local tier",
                        "connection")
                .layer(
                        "shared tier",
                        "Shared(Region|Settings|Reads|Lookups|Claims|Stores|Changes|Keys)|ValueFormat|EntryHeaders"
                                + "|DeadEntrySweep|Rounds",
                        "words",
                        "tombstones",
                        "format",
                        "local tier",
                        "connection",
                        "log")
                .layer(
                        "loads",
                        "RegionParts|(Waiting|Async|Bulk)Loads|BulkSteps|Load(Steps|Outcome|Errors|Tasks|Timeouts|Threads)"
                                + "|LocalReads|PresentReads|SharedValues|LeaseWait|Background.*",
                        "words",
                        "format",
                        "local tier",
                        "shared tier")
                .layer(
                        "changes",
                        "Changes|Change(Schedule|Target)|ChangedKeys|Deferral|DeferredChanges|DelayedPut|OwnChanges"
                                + "|Transaction(s|Changes|Region|Loads)",
                        "words",
                        "tombstones",
                        "format",
                        "local tier",
                        "log",
                        "shared tier",
                        "loads")
                .layer("alone", "Memoizer|WeakCache|Computations", "words", "local tier")
                .layer(
                        "entrance",
                        "PerfCache|CacheRegion|RegionLoads",
                        "words",
                        "tombstones",
                        "local tier",
                        "connection",
                        "shared tier",
                        "loads",
                        "changes");
    }
}
