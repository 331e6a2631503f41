package io.perfkit.cache;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;

/** The three kinds of call that load one key, made alike. Each is to do the same. */
enum LoadCall {
    WAITING {
        @Override
        String get(CacheRegion<String> region, String key, Loader loader, Executor threads) {
            return region.getOrSet(key, (k, context) -> loader.load());
        }
    },
    ASYNC {
        @Override
        String get(CacheRegion<String> region, String key, Loader loader, Executor threads) {
            try {
                return region.getOrSetAsync(key, k -> stage(loader, threads)).join();
            } catch (CompletionException e) {
                // The envelope is that of join, around what a waiting call throws.
                throw Flight.<RuntimeException>unchanged(e.getCause());
            }
        }
    },
    BULK {
        @Override
        String get(CacheRegion<String> region, String key, Loader loader, Executor threads) {
            return region.getOrSetAll(List.of(key), keys -> {
                        String value = loader.load();
                        return value == null ? Map.of() : Map.of(key, value);
                    })
                    .get(key);
        }
    };

    /** A loader that may block. */
    interface Loader {
        String load() throws Exception;
    }

    /** @param threads where an asynchronous loader does its work */
    abstract String get(CacheRegion<String> region, String key, Loader loader, Executor threads);

    static CompletableFuture<String> stage(Loader loader, Executor threads) {
        CompletableFuture<String> stage = new CompletableFuture<>();
        threads.execute(() -> {
            try {
                stage.complete(loader.load());
            } catch (Throwable t) {
                stage.completeExceptionally(t);
            }
        });
        return stage;
    }
}
