package io.perfkit.monitoring;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where calls of other services are reported: by {@code http.MonitoredHttpClient}, and by an application whose client is
 * another. Each is timed under its name in {@code perfkit.outbound}, counted in the request scope of the thread that began
 * it, listed by {@link #inFlight} until it ends, and where one place calls the same again and again within a scope, found as
 * {@link Finding.Kind#REPEATED_CALL}.
 *
 * <p>A call that begins on a thread within another {@link #begin} of the same recorder is part of it and counts once, as
 * where a client is built upon one that is measured already. Thread-safe.
 *
 * <pre>{@code
 * OutboundRecorder recorder = monitor.outboundRecorder();
 * Execution call = recorder.begin("GET rates.example.com/latest", path.hashCode());
 * int status = 0;
 * Throwable failure = null;
 * try {
 *     status = …
 * } catch (RuntimeException e) {
 *     failure = e;
 *     throw e;
 * } finally {
 *     recorder.end(call, status, failure);
 * }
 * }</pre>
 */
public final class OutboundRecorder {
    static final String METER = "perfkit.outbound";
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.slow");

    private final PerformanceMonitor monitor;
    private final QueryRecorder owner;
    private final TimingTable names;
    private final ConcurrentHashMap<String, Query> byName = new ConcurrentHashMap<>();
    private final InFlight inFlight = new InFlight();
    private final long slowNanos;

    OutboundRecorder(PerformanceMonitor monitor, QueryRecorder owner, TimingTable names) {
        this.monitor = monitor;
        this.owner = owner;
        this.names = names;
        this.slowNanos = monitor.thresholds().callTime().toNanos();
    }

    /**
     * Says that a call begins on this thread and is going to end on it. What begins within it is part of it.
     *
     * @param name a name from a bounded set, such as the method, the host and the pattern of the path; never a path with
     *     values. Names beyond the cap become {@code _other}
     * @param parameters a hash over what makes the call another one, such as the whole address; 0 where that is not known.
     *     Only equality matters; nothing of the value can be found out from it
     * @return what to hand to {@link #end}
     */
    public Execution begin(String name, int parameters) {
        return begin(name, parameters, true);
    }

    /**
     * Says that a call begins that may end on another thread. It belongs to the scope of this one.
     *
     * @param name as for {@link #begin}
     * @param parameters as for {@link #begin}
     * @return what to hand to {@link #end}
     */
    public Execution beginAsync(String name, int parameters) {
        return begin(name, parameters, false);
    }

    private Execution begin(String name, int parameters, boolean endsHere) {
        ThreadState state = ThreadState.current();
        boolean inner = state.isWithinOneOf(owner, true);
        Query query = query(names.resolve(name));
        Execution call = new Execution(owner, Execution.Kind.CALL, query, "", 1, RequestScope.current(), inner);
        call.parameters(parameters);
        if (inner) {
            return call;
        }
        Observer observer = monitor.observer();
        if (observer != null) {
            call.observation = observer.call(query);
        }
        if (endsHere) {
            state.entered(call);
            inFlight.enter(call);
        } else {
            inFlight.enterAnywhere(call);
        }
        RequestScope scope = call.scope;
        if (scope != null) {
            scope.callBegan(call, monitor);
        }
        return call;
    }

    private Query query(Timing timing) {
        Query present = byName.get(timing.name());
        return present != null ? present : byName.computeIfAbsent(timing.name(), name -> newQuery(name, timing));
    }

    /** What is folded into one name is not the same call. */
    private Query newQuery(String name, Timing timing) {
        SqlText.Shape shape = name.equals(TimingTable.OTHER) ? SqlText.Shape.OTHER : SqlText.Shape.CALL;
        return new Query(new SqlText(SqlText.Identity.of("call " + name), name, shape), monitor, timing);
    }

    /**
     * Says that it ended, now. The first call counts. A status from 500 on and what was thrown count as errors; a status
     * from 400 on, an interruption and a cancellation are outcomes of their own.
     *
     * @param call what began
     * @param status the status of HTTP; 0 where there is none
     * @param failure what it threw, or null
     */
    public void end(Execution call, int status, @Nullable Throwable failure) {
        long now = monitor.nanoTime();
        long elapsed = now - call.startNanos;
        if (!call.endedAfter(elapsed)) {
            return;
        }
        inFlight.leave(call);
        Timing timing = call.query.timing;
        if (call.inner || timing == null) {
            return;
        }
        ThreadState.current().left(call);
        Timing.Outcome outcome = outcome(status, failure);
        Observer.ended(call, outcome, failure);
        timing.record(call.startNanos, now, outcome, null);
        RequestScope scope = call.scope;
        if (scope != null) {
            scope.ended(call, outcome.isError(), monitor);
        }
        if (elapsed >= slowNanos && !call.reportedInFlight) {
            tooSlow(call, timing, now, elapsed, "Slow call " + timing.name() + " took " + millis(elapsed) + " ms");
        }
    }

    private static Timing.Outcome outcome(int status, @Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof CancellationException || cause instanceof InterruptedException) {
            return Timing.Outcome.CANCELLED;
        } else if (cause != null) {
            return Timing.Outcome.ERROR;
        } else if (status >= 500) {
            return Timing.Outcome.SERVER_ERROR;
        }
        return status >= 400 ? Timing.Outcome.CLIENT_ERROR : Timing.Outcome.SUCCESS;
    }

    /**
     * What other services have not answered yet, the longest first.
     *
     * @return calls under way
     */
    public List<InFlightCall> inFlight() {
        long now = monitor.nanoTime();
        return inFlight.list().stream()
                .map(each -> new InFlightCall(
                        each.query.fingerprint(),
                        each.scope == null ? "" : each.scope.name(),
                        each.thread.getName(),
                        each.elapsed(now)))
                .sorted(Comparator.comparing(InFlightCall::elapsed).reversed())
                .toList();
    }

    /** Tells of what has been under way for too long, once each. */
    void sweep() {
        long now = monitor.nanoTime();
        for (Execution call : inFlight.list()) {
            long elapsed = call.elapsed(now).toNanos();
            Timing timing = call.query.timing;
            if (elapsed >= slowNanos && !call.reportedInFlight && !call.isEnded() && timing != null) {
                call.reportedInFlight = true;
                tooSlow(call, timing, now, elapsed, "Still running after " + millis(elapsed) + " ms: " + timing.name());
            }
        }
    }

    private void tooSlow(Execution call, Timing timing, long now, long elapsed, String what) {
        RequestScope scope = call.scope;
        String message = scope == null || scope.name().isEmpty()
                ? what
                : String.format(Locale.ROOT, "%s in %s", what, scope.name());
        long suppressed = timing.log.tryPass(now, elapsed);
        if (suppressed >= 0) {
            LOGGER.warn("{} ({} more since the last line)", message, suppressed);
        }
        monitor.alerts()
                .raise(
                        timing.coolDown,
                        now,
                        () -> new Alert(Alert.Kind.SLOW_CALL, timing.name(), elapsed, slowNanos, message));
    }

    private static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
