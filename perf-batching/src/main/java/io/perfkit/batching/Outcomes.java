package io.perfkit.batching;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Turns what a loader returned into the value of each key, and words the failures of one batcher. */
final class Outcomes<K, V extends @Nullable Object> {
    private static final int KEYS_SHOWN = 10;
    private static final int KEY_LENGTH_SHOWN = 100;

    /** What pools throw when all of their connections are taken; HikariCP and others the first, Tomcat the second. */
    private static final Set<String> NO_CONNECTION =
            Set.of("java.sql.SQLTransientConnectionException", "org.apache.tomcat.jdbc.pool.PoolExhaustedException");

    final String name;
    private final Missing missing;
    private final @Nullable Function<? super K, ? extends V> fallback;

    Outcomes(String name, Missing missing, @Nullable Function<? super K, ? extends V> fallback) {
        this.name = name;
        this.missing = missing;
        this.fallback = fallback;
    }

    @SuppressWarnings("NullAway") // with Missing.NULL the caller has agreed to null values
    V valueOf(K key, Map<K, V> loaded) {
        V value = loaded.get(key);
        if (value != null) {
            return value;
        }
        if (loaded instanceof Answers<K, V> answers) {
            Throwable failure = answers.failureOf(key);
            if (failure != null) {
                throw loadFailed(failure, key);
            }
        }
        return substitute(key);
    }

    @SuppressWarnings("NullAway") // with Missing.NULL the caller has agreed to null values
    private V substitute(K key) {
        if (fallback != null) {
            try {
                return fallback.apply(key);
            } catch (Exception e) {
                throw failed(e);
            }
        }
        if (missing == Missing.NULL) {
            return null;
        }
        throw new MissingValueException("batcher '" + name + "': the loader returned no value for the key " + show(key)
                + "; if keys may lack a value, set whenMissing(Missing.NULL) or a fallback");
    }

    /** The values of exactly the keys asked for; the loader's own map where it is just that. */
    Map<K, V> valuesOf(Set<K> keys, Map<K, V> loaded) {
        if (loaded.size() == keys.size() && allPresent(keys, loaded)) {
            return Collections.unmodifiableMap(loaded);
        }
        Map<K, V> values = new LinkedHashMap<>(keys.size() * 2);
        for (K key : keys) {
            V value = valueOf(key, loaded);
            if (value != null) {
                values.put(key, value);
            }
        }
        return Collections.unmodifiableMap(values);
    }

    /** The result of each of the keys asked for. */
    Map<K, Result<V>> resultsOf(Set<K> keys, Map<K, V> loaded) {
        Map<K, Result<V>> results = new LinkedHashMap<>(keys.size() * 2);
        for (K key : keys) {
            Result<V> result;
            try {
                result = Result.success(valueOf(key, loaded));
            } catch (Exception failure) {
                result = Result.failure(failed(failure));
            }
            results.put(key, result);
        }
        return Collections.unmodifiableMap(results);
    }

    /** What a loader threw, as its callers get it; each of them gets a copy. */
    BatchLoadException loadFailed(Throwable failure, @Nullable Object keyOrKeys) {
        return new BatchLoadException(
                "batcher '" + name + "': the loader failed"
                        + (keyOrKeys == null ? "" : " for the key " + show(keyOrKeys)) + ": " + told(failure)
                        + likelyCause(failure),
                failure);
    }

    /** A failure of one key as an exception of this artifact. */
    BatchingException failed(Throwable failure) {
        return failure instanceof BatchingException known
                ? known
                : new BatchLoadException("batcher '" + name + "': the fallback failed: " + told(failure), failure);
    }

    BatchRejectedException tooLarge(Object key, long bytes, long maximumBytes) {
        return new BatchRejectedException("batcher '" + name + "': the key " + show(key) + " has " + bytes
                + " bytes, more than maximumBatchBytes, which is " + maximumBytes + "; raise it, or ask otherwise");
    }

    private boolean allPresent(Set<K> keys, Map<K, V> loaded) {
        for (K key : keys) {
            if (loaded.get(key) == null) {
                return false;
            }
        }
        return true;
    }

    Map<K, V> checked(@Nullable Map<K, V> loaded) {
        if (loaded == null) {
            throw new BatchingException("batcher '" + name
                    + "': the loader returned null instead of a map; return an empty map if no key has a value");
        }
        return loaded;
    }

    /** @param cause what {@link #stuck} says, or nothing */
    BatchTimeoutException expired(Object keyOrKeys, Duration timeout, String cause) {
        return new BatchTimeoutException("batcher '" + name + "': no value for the key " + show(keyOrKeys) + " within "
                + timeout
                + (cause.isEmpty() ? "; raise timeout, or look at what makes the loader slow" : cause));
    }

    BatchTimeoutException interruptedAt(Object keyOrKeys, Duration timeout, @Nullable Throwable failure) {
        return new BatchTimeoutException(
                "batcher '" + name + "': the loader was interrupted, because it had no value for the key "
                        + show(keyOrKeys) + " within " + timeout
                        + "; raise timeout, or look at what makes the loader slow",
                failure);
    }

    /** @param cause what {@link #stuck} says, or nothing */
    BatchTimeoutException noRoom(Object key, int maximumPending, Duration timeout, String cause) {
        return new BatchTimeoutException("batcher '" + name + "': no room for the key " + show(key) + " among the "
                + maximumPending + " pending calls within " + timeout
                + (cause.isEmpty() ? "; raise maximumPending or maximumConcurrentBatches, or ask less" : cause));
    }

    String stuck(int held, int slots, Duration silent, String longest) {
        String what = " under way, and no loader had returned for " + Duration.ofMillis(silent.toMillis()) + longest;
        String holding = " what the callers hold, such as a database connection in a transaction or an open session";
        return held < slots
                ? "; raise timeout, or look at what makes the loader slow: " + held + " batches were" + what
                        + ". If it waits for" + holding + ", set callerRuns"
                : "; all " + slots + " batches it may run at once were" + what + ": the loader hangs, or it waits for"
                        + holding + ". In the second case set callerRuns; a longer timeout helps in neither";
    }

    /** What holds a slot longest. */
    String holder(Object keys, String thread, Duration time) {
        return " (the longest, for the key " + show(keys) + ", has run for " + Duration.ofMillis(time.toMillis())
                + " in the thread '" + thread + "')";
    }

    /**
     * The likely cause of a loader's failure to get a connection. The class is told by its name, because not every
     * application that batches has JDBC.
     */
    private static String likelyCause(Throwable failure) {
        int depth = 0;
        for (Throwable cause = failure; cause != null && depth++ < 20; cause = cause.getCause()) {
            if (NO_CONNECTION.contains(cause.getClass().getName())) {
                return ". It got no connection from its pool: if callers of this batcher hold one of the same pool while "
                        + "they wait (a transaction, an open session), they wait for themselves; set callerRuns, which "
                        + "lets such a call run its loader in its own thread and transaction";
            }
        }
        return "";
    }

    BatchRejectedException full(Object key, int maximumPending) {
        return new BatchRejectedException("batcher '" + name + "': " + maximumPending
                + " calls are pending, so the key " + show(key)
                + " is rejected; raise maximumPending, use Overflow.WAIT, or ask less");
    }

    BatchRejectedException closed(Object key) {
        return new BatchRejectedException(
                "batcher '" + name + "' is closed, so the key " + show(key) + " is rejected; close it after its users");
    }

    BatchRejectedException refused(Throwable cause) {
        return new BatchRejectedException(
                "batcher '" + name
                        + "': its executor refused a batch; keep the executor open until the batcher is closed",
                cause);
    }

    BatchingException interrupted(Object key) {
        return new BatchingException("batcher '" + name + "': interrupted while waiting for the key " + show(key));
    }

    BatchingException unfinished(Iterable<?> keys, int count) {
        return unfinished(keys, count, Duration.ZERO);
    }

    BatchingException unfinished(Iterable<?> keys, int count, Duration waited) {
        StringBuilder shown = new StringBuilder();
        int n = 0;
        for (Object key : keys) {
            if (n++ == KEYS_SHOWN) {
                break;
            }
            shown.append(shown.length() == 0 ? "" : ", ").append(show(key));
        }
        return new BatchingException("batcher '" + name + "' was closed, and after " + waited + " " + count
                + " calls were unfinished, for the keys " + shown + (count > KEYS_SHOWN ? ", …" : "")
                + "; give close more time, or the loader a timeout");
    }

    /** A failure whose toString fails as well is no reason to lose the call. */
    private static String told(Throwable failure) {
        try {
            return failure.toString();
        } catch (RuntimeException e) {
            return failure.getClass().getName();
        }
    }

    private static String show(Object key) {
        String text;
        try {
            text = String.valueOf(key);
        } catch (RuntimeException e) {
            text = "(a " + key.getClass().getName() + " whose toString fails)";
        }
        return text.length() <= KEY_LENGTH_SHOWN ? text : text.substring(0, KEY_LENGTH_SHOWN) + "…";
    }
}
