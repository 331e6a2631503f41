package io.perfkit.cache;

import io.perfkit.cache.spi.SharedTier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A shared tier that needs a certain time for each key that it is asked for together with others. */
final class BusyTier implements SharedTier {

    private final SharedTier tier;
    private final long microsForEach;
    final AtomicInteger reads = new AtomicInteger();
    /** So many readings of many keys are answered, and none after them. */
    volatile int answeredReads = Integer.MAX_VALUE;

    BusyTier(SharedTier tier, long microsForEach) {
        this.tier = tier;
        this.microsForEach = microsForEach;
    }

    private Object slowed(String method, List<?> asked, List<?> answers) {
        if (method.equals("readAll") && reads.incrementAndGet() > answeredReads) {
            return answers.stream().map(each -> new CompletableFuture<>()).toList();
        }
        CompletableFuture<?> worked =
                new CompletableFuture<>().completeOnTimeout(null, microsForEach * asked.size(), TimeUnit.MICROSECONDS);
        return answers.stream()
                .map(each -> worked.thenCompose(done -> (CompletionStage<?>) each))
                .toList();
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
                            try {
                                Object answer = method.invoke(region, arguments);
                                return method.getName().endsWith("All")
                                        ? slowed(method.getName(), (List<?>) arguments[0], (List<?>) answer)
                                        : answer;
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
