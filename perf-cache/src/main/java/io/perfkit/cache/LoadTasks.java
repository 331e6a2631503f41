package io.perfkit.cache;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** What loads hand to other threads: what their caller waits for in limited time, and refreshes, for which nobody does. */
final class LoadTasks<V> {

    private final LocalReads<V> reads;
    private final LoadOutcome<V> outcome;
    private final LoadThreads threads;
    private final LoadErrors errors;

    LoadTasks(LocalReads<V> reads, LoadOutcome<V> outcome, LoadThreads threads, LoadErrors errors) {
        this.reads = reads;
        this.outcome = outcome;
        this.threads = threads;
        this.errors = errors;
    }

    /** For what the calling thread is going to wait for. */
    Executor forCaller() {
        return threads.forCaller();
    }

    /** Runs a task for the calling thread on another one, or here if there is none. */
    void run(Runnable task) {
        try {
            threads.forCaller().execute(task);
        } catch (RuntimeException e) {
            errors.loadFoundNoThread(e);
            task.run();
        }
    }

    /** Loads anew in the background, unless somebody does already. */
    void refresh(String key, Entry<V> replaced, Consumer<Flight<V>> lead) {
        refreshAll(Map.of(key, replaced), flights -> flights.forEach(lead));
    }

    /**
     * Loads many anew in the background, except those that somebody loads already.
     *
     * @param replaced what each of them is to replace: the entries that have been served
     */
    void refreshAll(Map<String, Entry<V>> replaced, Consumer<List<Flight<V>>> lead) {
        List<Flight<V>> flights = new ArrayList<>();
        replaced.forEach((key, entry) -> {
            Flight<V> flight = reads.joinRefresh(key, entry);
            if (flight != null) {
                flights.add(flight);
            }
        });
        if (flights.isEmpty()) {
            return;
        }
        try {
            threads.ordinary().execute(() -> {
                // Those that nobody who needs the value has begun to lead meanwhile.
                flights.removeIf(flight -> !flight.claim());
                if (!flights.isEmpty()) {
                    lead.accept(flights);
                }
            });
        } catch (RuntimeException e) {
            flights.stream().filter(Flight::claim).forEach(outcome::abandon);
            errors.refreshFoundNoThread(e);
        }
    }
}
