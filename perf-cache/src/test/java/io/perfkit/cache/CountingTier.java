package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * A shared tier that counts what loads ask of each region: reads of entries, leases, claims and stores. It can keep answers
 * back, need a certain time for each key that it is asked for together with others, and lose changes on their way.
 */
final class CountingTier implements SharedTier {

    private static final Set<String> COUNTED =
            Set.of("read", "readAll", "lease", "leaseAll", "claim", "store", "storeAll", "remove", "unclaim");

    private static final Set<String> CHANGES = Set.of("invalidate", "makeDue", "plant", "issue");

    private final SharedTier tier;
    private final long microsForEach;
    /** So many readings of many keys are answered, and none after them. */
    volatile int answeredReads = Integer.MAX_VALUE;
    /** Whether changes are lost, and their answers with them. */
    volatile boolean losesChanges;

    private final Map<String, Integer> counts = new ConcurrentHashMap<>();
    private final Map<String, Integer> stored = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<?>> held = new ConcurrentHashMap<>();

    CountingTier(SharedTier tier) {
        this(tier, 0);
    }

    CountingTier(SharedTier tier, long microsForEach) {
        this.tier = tier;
        this.microsForEach = microsForEach;
    }

    /** How often each command was sent for a region since the last call of this method. */
    Map<String, Integer> taken(String region) {
        Map<String, Integer> taken = new TreeMap<>();
        for (String command : COUNTED) {
            Integer count = counts.remove(region + "/" + command);
            if (count != null) {
                taken.merge(command.replace("All", ""), count, Integer::sum);
            }
        }
        return taken;
    }

    /** Keeps the answers to a region's reads back, until the future is done. */
    void holdReads(String region, CompletableFuture<?> until) {
        held.put(region + "/read", until);
        held.put(region + "/readAll", until);
    }

    /** The same for claims of refreshes. */
    void holdClaims(String region, CompletableFuture<?> until) {
        held.put(region + "/claim", until);
    }

    /** How often a command was sent for a region since {@link #taken}. */
    int sent(String region, String command) {
        return counts.getOrDefault(region + "/" + command, 0) + counts.getOrDefault(region + "/" + command + "All", 0);
    }

    private Object late(String region, String command, Object[] arguments, Object answer) {
        CompletableFuture<?> until = held.get(region + "/" + command);
        if (until == null && microsForEach > 0 && command.endsWith("All")) {
            long micros = microsForEach * ((List<?>) arguments[0]).size();
            until = new CompletableFuture<>().completeOnTimeout(null, micros, TimeUnit.MICROSECONDS);
        }
        if (command.equals("readAll") && counts.getOrDefault(region + "/readAll", 0) > answeredReads) {
            until = new CompletableFuture<>();
        }
        if (until == null) {
            return answer;
        }
        CompletableFuture<?> then = until;
        return answer instanceof List<?> answers
                ? answers.stream()
                        .map(each -> then.thenCompose(done -> (CompletionStage<?>) each))
                        .toList()
                : then.thenCompose(done -> (CompletionStage<?>) answer);
    }

    /** How many stores of a key were answered. */
    int stored(String region, String key) {
        return stored.getOrDefault(region + "/" + key, 0);
    }

    private void note(String region, List<String> keys, List<?> answers) {
        CompletableFuture<?>[] all = answers.stream()
                .map(each -> ((CompletionStage<?>) each).toCompletableFuture())
                .toArray(CompletableFuture<?>[]::new);
        var unused = CompletableFuture.allOf(all)
                .thenRun(() -> keys.forEach(key -> stored.merge(region + "/" + key, 1, Integer::sum)));
    }

    @Override
    public Link connect(String cache, Runnable lost) {
        Link link = tier.connect(cache, lost);
        return new Link() {
            @Override
            public Region region(String name) {
                Region region = link.region(name);
                return (Region) Proxy.newProxyInstance(
                        Region.class.getClassLoader(), new Class<?>[] {Region.class}, (proxy, method, arguments) -> {
                            if (COUNTED.contains(method.getName())) {
                                counts.merge(name + "/" + method.getName(), 1, Integer::sum);
                            }
                            if (losesChanges && CHANGES.contains(method.getName())) {
                                return new CompletableFuture<>();
                            }
                            try {
                                Object answer = method.invoke(region, arguments);
                                if (method.getName().equals("store")) {
                                    note(name, List.of((String) arguments[0]), List.of((CompletionStage<?>) answer));
                                } else if (method.getName().equals("storeAll")) {
                                    List<String> keys = ((List<?>) arguments[0])
                                            .stream()
                                                    .map(each -> ((Storing) each).key())
                                                    .toList();
                                    note(name, keys, (List<?>) answer);
                                }
                                return late(name, method.getName(), arguments, answer);
                            } catch (InvocationTargetException e) {
                                throw e.getCause();
                            }
                        });
            }

            @Override
            public boolean isLost() {
                return link.isLost();
            }

            @Override
            public void close() {
                link.close();
            }
        };
    }
}
