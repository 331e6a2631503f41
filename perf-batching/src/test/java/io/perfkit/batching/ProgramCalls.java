package io.perfkit.batching;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The calls of a random program: each has to end once, with what its own keys may give. */
final class ProgramCalls {
    /** What the caller itself does to its call. */
    enum Fate {
        LEFT_ALONE,
        TIMED,
        ENDED_BY_CALLER
    }

    private record Open(String what, AtomicInteger times, CompletableFuture<?> future) {}

    private final ProgramSettings settings;
    private final Collection<String> violations;
    private final Queue<Open> calls = new ConcurrentLinkedQueue<>();
    private final Set<Throwable> failures =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
    volatile boolean isClosing;

    ProgramCalls(ProgramSettings settings, Collection<String> violations) {
        this.settings = settings;
        this.violations = violations;
    }

    /** A call for one key. */
    void one(int key, CompletableFuture<String> future, Fate fate) {
        observe("key " + key, future, value -> value(key, value), e -> failure(List.of(key), true, fate, e), fate);
    }

    /** A call for some keys. */
    void all(Collection<Integer> keys, CompletableFuture<Map<Integer, String>> future, Fate fate) {
        observe("keys " + keys, future, values -> values(keys, values), e -> failure(keys, false, fate, e), fate);
    }

    /** A call for some keys, of which each has a result of its own. */
    void results(Collection<Integer> keys, CompletableFuture<Map<Integer, Result<String>>> future, Fate fate) {
        observe("results of " + keys, future, values -> results(keys, values, fate), e -> whole(keys, fate, e), fate);
    }

    /** What a waiting call returns or throws. */
    <R> void here(Supplier<R> call, Consumer<R> value, Consumer<Throwable> failure) {
        R answer;
        try {
            answer = call.get();
        } catch (RuntimeException e) {
            failure.accept(e);
            return;
        }
        value.accept(answer);
    }

    private <R> void observe(
            String what, CompletableFuture<R> future, Consumer<R> value, Consumer<Throwable> failure, Fate fate) {
        AtomicInteger times = new AtomicInteger();
        CompletableFuture<R> last = future.whenComplete((answer, failed) -> {
            times.incrementAndGet();
            if (failed != null) {
                failure.accept(failed);
            } else if (fate != Fate.ENDED_BY_CALLER) {
                value.accept(answer);
            }
        });
        calls.add(new Open(what, times, last));
    }

    void value(int key, String value) {
        if (settings.failsByItself(key) || !java.util.Objects.equals(value, settings.expected(key))) {
            violations.add("key " + key + " got " + value);
        }
    }

    void values(Collection<Integer> keys, Map<Integer, String> values) {
        for (int key : keys) {
            value(key, values.get(key));
        }
        if (!keys.containsAll(values.keySet())) {
            violations.add("keys " + keys + " got " + values);
        }
    }

    void results(Collection<Integer> keys, Map<Integer, Result<String>> results, Fate fate) {
        if (!results.keySet().equals(Set.copyOf(keys))) {
            violations.add("keys " + keys + " got " + results);
            return;
        }
        results.forEach((key, result) -> {
            if (result.isSuccess()) {
                value(key, result.value());
            } else {
                failure(List.of(key), true, fate, result.failure());
            }
        });
    }

    /** A call for results that failed as a whole: not because of its keys. */
    void whole(Collection<Integer> keys, Fate fate, Throwable failure) {
        Throwable told = failure instanceof CompletionException ? failure.getCause() : failure;
        if (told instanceof BatchLoadException || told instanceof MissingValueException) {
            violations.add("the results of " + keys + " failed as a whole with " + told);
        } else {
            failure(keys, false, fate, failure);
        }
    }

    void failure(Collection<Integer> keys, boolean isPerKey, Fate fate, Throwable failure) {
        Throwable told =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (told instanceof BatchingException && !failures.add(told)) {
            violations.add("keys " + keys + " share " + told);
        }
        Throwable cause = told instanceof BatchLoadException load ? load.getCause() : told;
        boolean isKnown;
        if (cause instanceof CancellationException) {
            isKnown = fate == Fate.ENDED_BY_CALLER;
        } else if (cause instanceof BatchTimeoutException) {
            isKnown = settings.isTimed || fate == Fate.TIMED;
        } else if (cause instanceof BatchRejectedException) {
            isKnown = settings.overflow == Overflow.REJECT || isClosing;
        } else if (cause != null && cause.getClass() == BatchingException.class) {
            isKnown = isClosing && String.valueOf(cause.getMessage()).contains("was closed");
        } else {
            isKnown = settings.isOwnFailure(keys, isPerKey, cause);
        }
        if (!isKnown) {
            violations.add("keys " + keys + " failed with " + told + ", caused by " + cause);
        }
    }

    /** After the end: nothing is open, and nothing ended twice. */
    void check(Object program) {
        for (Open call : calls) {
            // What was chained to a call that the alarm ended may still be running on the alarm's thread.
            try {
                call.future.handle((value, failure) -> true).get(20, TimeUnit.SECONDS);
            } catch (Exception e) {
                throw new AssertionError(call.what + " of " + program + " is open", e);
            }
            assertThat(call.times).as("%s of %s", call.what, program).hasValue(1);
        }
        assertThat(violations).as("%s", program).isEmpty();
    }
}
