/**
 * Caching with {@code getOrSet} and invalidation by key and by pattern: a local tier in this JVM and, where asked for,
 * a tier shared between nodes. Start at {@link io.perfkit.cache.PerfCache}.
 *
 * <p>For who reads the code, here are the sets that the classes of this package belong to, from the top down, each with
 * those that it may know. {@code WallsTest} holds them to it, and {@code docs/design/cache.md} walks one read and one
 * invalidation through them.
 *
 * <table>
 * <caption>Sets of classes</caption>
 * <tr><th>set</th><th>its classes</th><th>may know</th></tr>
 * <tr><td>entrance</td><td>PerfCache, CacheRegion; RegionLoads: which kind of load a call needs</td><td>all but the log
 *     and the format</td></tr>
 * <tr><td>alone</td><td>Memoizer, WeakCache: single flight without a region</td><td>local tier</td></tr>
 * <tr><td>changes</td><td>Changes: what an invalidation or put does to both tiers; ChangeSchedule and Transactions: when
 *     </td><td>loads, shared tier, log, local tier, format, tombstones</td></tr>
 * <tr><td>loads</td><td>LocalReads: what the local tier has ready; LoadSteps: one load for all who want a value, led by
 *     WaitingLoads, AsyncLoads and BulkLoads to a LoadOutcome</td><td>shared tier, local tier, format</td></tr>
 * <tr><td>shared tier</td><td>SharedRegion before SharedReads and SharedLookups, SharedStores and SharedClaims,
 *     SharedChanges</td><td>log, connection, local tier, format, tombstones</td></tr>
 * <tr><td>log</td><td>LogPosition: how far this node has read the invalidations of all nodes; PendingInvalidations: its
 *     own that are not acknowledged; RegionLink: both, with the connection</td>
 *     <td>connection, local tier, format, tombstones</td></tr>
 * <tr><td>connection</td><td>SharedSession, SharedBreaker</td><td>format</td></tr>
 * <tr><td>local tier</td><td>LocalTier of Entry and Flight; Lifetimes</td><td>format, tombstones</td></tr>
 * <tr><td>format</td><td>EntryFormat, Parsed, Found: what stands in the shared tier</td><td>-</td></tr>
 * <tr><td>tombstones</td><td>Tombstones of Glob in a PrefixTree: which values of which age are dead</td><td>-</td></tr>
 * <tr><td>words</td><td>policies, loaders, codecs, exceptions, counters, the clock; all but format and tombstones may
 *     know them</td><td>-</td></tr>
 * </table>
 *
 * <p>Below it all is {@code cache.spi}, what a shared tier has to offer; {@code cache.redis} does.
 */
@NullMarked
package io.perfkit.cache;

import org.jspecify.annotations.NullMarked;
