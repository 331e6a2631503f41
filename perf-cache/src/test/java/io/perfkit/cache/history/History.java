package io.perfkit.cache.history;

import io.perfkit.cache.history.Checker.Violation;
import io.perfkit.cache.history.Read.Tier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Several nodes that call their caches at random while Redis and the wires to it fail, every read judged by a
 * {@link Checker}.
 *
 * <p>It goes in rounds. In each, Redis suffers from a fault, or some of the nodes' wires do, or both; then everything is
 * healed, and all nodes must find back to each other before the next round begins. Which faults there are, and when, and
 * what each thread calls, follows from the seed; how the threads interleave does not, so a seed that found something
 * finds it again often, not always.
 */
final class History implements AutoCloseable {

    static final Duration MAX_STALENESS = Duration.ofMillis(1_500);
    /** How far the cache's clock, which is a thread's, may lag on a machine that does other things, too. */
    private static final Duration TOLERANCE = Duration.ofMillis(500);
    /** No fault lasts longer, so no command is executed later than that. */
    private static final Duration MAXIMUM_FAULT = Duration.ofMillis(3_500);

    private static final Duration RECOVERY = Duration.ofSeconds(25);
    private static final int MAXIMUM_DESCRIBED = 15;
    private static final int NODES = 4;
    private static final int THREADS_PER_NODE = 4;
    private static final List<Fault> OF_WIRES =
            List.of(Fault.DELAY, Fault.DROP, Fault.HALF_OPEN, Fault.STALL, Fault.CUT, Fault.REFUSE);

    private record Span(int node, Fault fault, long from, long to) {}

    private final long seed;
    private final Site site;
    private final Random random;
    private final Checker checker;
    private final List<Node> nodes = new ArrayList<>();
    private final AtomicLong ids = new AtomicLong();
    private final Queue<Span> spans = new ConcurrentLinkedQueue<>();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, Long> absences = new ConcurrentHashMap<>();
    private final ExecutorService database = Executors.newCachedThreadPool();
    private final long begunAt = System.nanoTime();
    private volatile boolean goesOn = true;
    private long reportedAt = begunAt;

    History(long seed, Site site) {
        this.seed = seed;
        this.site = site;
        this.random = new Random(seed);
        Duration late = MAXIMUM_FAULT.plus(TOLERANCE).plusSeconds(2);
        this.checker = new Checker(
                MAX_STALENESS.plus(TOLERANCE).toNanos(),
                value -> Node.longestTtl(value)
                        .plus(Node.MAXIMUM_STALE)
                        .plus(Caller.longestLoad(value.key()))
                        .plus(late)
                        .toNanos());
    }

    /** Opens the nodes, waits until they are well, and lets them begin. */
    void begin() {
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(i, seed, site, MAX_STALENESS));
        }
        Thread canaries = new Thread(this::sendCanaries, "canaries");
        threads.add(canaries);
        canaries.start();
        awaitWell();
        for (Node node : nodes) {
            for (int i = 0; i < THREADS_PER_NODE; i++) {
                long own = random.nextLong();
                Thread thread = new Thread(new Caller(node, this, own), "node-" + node.number() + "-" + i);
                thread.start();
                threads.add(thread);
            }
        }
    }

    /** All nodes in turn: what they hear of each other tells how far each has come. */
    private void sendCanaries() {
        try {
            for (int i = 0; goesOn(); i++) {
                nodes.get(i % NODES).send(i);
                pause(10);
            }
        } catch (Throwable t) {
            failed("a canary was not sent", t);
        }
    }

    /** Goes through rounds with all faults of the wires, and these of Redis. */
    void rounds(List<Fault> ofRedis) {
        List<Fault> deck = new ArrayList<>(ofRedis);
        deck.add(Fault.NONE);
        Collections.shuffle(deck, random);
        List<Fault> ofWires = new ArrayList<>(OF_WIRES);
        Collections.shuffle(ofWires, random);
        int next = 0;
        for (Fault fault : deck) {
            if (!failures.isEmpty()) {
                return;
            }
            // Only who does not hear of an event while the log is lost can miss it.
            boolean wiresToo = fault == Fault.NONE || fault == Fault.EVICTION || random.nextInt(3) == 0;
            List<Fault> wires = new ArrayList<>();
            for (int i = 0; i < NODES; i++) {
                // With Redis well, the first node stays well, so that there is always somebody who is right.
                boolean hit = wiresToo && (fault == Fault.NONE ? i > 0 : random.nextInt(3) == 0);
                wires.add(hit ? ofWires.get(next++ % ofWires.size()) : Fault.NONE);
            }
            round(fault, wires);
        }
    }

    private void round(Fault ofRedis, List<Fault> ofWires) {
        long from = System.nanoTime();
        for (Node node : nodes) {
            Fault own = ofWires.get(node.number());
            if (own != Fault.NONE) {
                node.wires().disturb(own, random);
            }
            node.suffersFrom(ofRedis, own);
        }
        long nanos = ofRedis == Fault.NONE
                // Long enough for a node that is cut off to serve what it must not serve any more.
                ? MAXIMUM_FAULT.toNanos() - random.nextInt(500_000_000)
                : MAXIMUM_FAULT.toNanos() / 10 + random.nextInt(1_800_000_000);
        if (ofRedis == Fault.NONE) {
            long end = from + nanos;
            while (System.nanoTime() < end && failures.isEmpty()) {
                progress();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
                for (Node node : nodes) {
                    if (ofWires.get(node.number()) == Fault.CUT) {
                        node.wires().disturb(Fault.CUT, random);
                    }
                }
            }
        } else {
            site.disturb(ofRedis, random, nanos);
        }
        nodes.forEach(node -> node.wires().heal(random.nextBoolean()));
        awaitWell();
        // What the fault left behind shows itself now, if ever.
        pause(300);
        awaitWell();
        long to = System.nanoTime();
        spans.add(new Span(-1, ofRedis, from, to));
        for (Node node : nodes) {
            node.suffersFrom(Fault.NONE, Fault.NONE);
            spans.add(new Span(node.number(), ofWires.get(node.number()), from, to));
        }
        pause(200 + random.nextInt(500));
    }

    private void pause(int millis) {
        Wires.pause(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void awaitWell() {
        long since = System.nanoTime();
        if (!await(() -> nodes.stream().allMatch(node -> isWell(node, since))) && failures.isEmpty()) {
            failures.add("seed " + seed + ": not all nodes heard of all others within " + RECOVERY + " after a fault: "
                    + nodes.stream()
                            .map(node -> node.number() + (isWell(node, since) ? " did" : " did not"))
                            .toList());
        }
    }

    private boolean isWell(Node node, long since) {
        return node.isSharedTierUp() && nodes.stream().allMatch(other -> node.hasHeardOf(other, since));
    }

    private boolean await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + RECOVERY.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline || !failures.isEmpty()) {
                return false;
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            progress();
        }
        return true;
    }

    /** Ends the calls, and says what went wrong, if anything did. */
    List<String> end() throws InterruptedException {
        goesOn = false;
        for (Thread thread : threads) {
            thread.join(TimeUnit.SECONDS.toMillis(20));
            if (thread.isAlive()) {
                failures.add(thread.getName() + " did not end:\n  "
                        + String.join(
                                "\n  ",
                                List.of(thread.getStackTrace()).stream()
                                        .map(String::valueOf)
                                        .toList()));
            }
        }
        return List.copyOf(failures);
    }

    Checker checker() {
        return checker;
    }

    boolean hasFailed() {
        return !failures.isEmpty();
    }

    // For the nodes.

    boolean goesOn() {
        return goesOn && failures.isEmpty();
    }

    long nextId() {
        return ids.incrementAndGet();
    }

    Change begins(Change change) {
        checker.begins(change);
        return change;
    }

    void check(Read read) {
        checker.check(read).filter(violation -> goesOn()).ifPresent(violation -> failures.add(describe(violation)));
    }

    void failed(String what, Throwable failure) {
        StringBuilder text = new StringBuilder("seed " + seed + ": " + what + ": " + failure);
        for (StackTraceElement element : failure.getStackTrace()) {
            text.append("\n    ").append(element);
        }
        failures.add(text.toString());
    }

    /** Where asynchronous loads wait. */
    Executor database() {
        return database;
    }

    /** A load that began at this instant found nothing. */
    void absent(String key, long bornAt) {
        absences.merge(key, bornAt, Math::max);
    }

    /** The youngest absence of a key. */
    Value absence(String key) {
        return Value.absence(key, absences.getOrDefault(key, begunAt));
    }

    // What is printed.

    private String at(long nanos) {
        return nanos == Change.NEVER ? "never" : String.format(Locale.ROOT, "%.3f", (nanos - begunAt) / 1e6);
    }

    private String describe(Violation violation) {
        Read read = violation.read();
        Value value = read.value();
        StringBuilder text = new StringBuilder();
        text.append(String.format(
                "seed %d, %s%n  %s(%s) on node %d, called at %s ms, answered at %s ms (%s, %s)%n  returned %s of node %d, begun at %s ms",
                seed,
                violation.rule().meaning(),
                read.call(),
                read.key(),
                read.node(),
                at(read.startedAt()),
                at(read.endedAt()),
                read.tier(),
                read.faults(),
                value.origin(),
                value.node(),
                at(value.bornAt())));
        violation.change().ifPresent(change -> text.append("\n  although ").append(describe(change)));
        text.append("\n  first changes of the key or its tags since:");
        checker.changesOf(value).stream()
                .filter(change -> change.startedAt() >= value.bornAt() && change.startedAt() <= read.endedAt())
                .limit(MAXIMUM_DESCRIBED)
                .forEach(change -> text.append("\n    ").append(describe(change)));
        text.append("\n  faults meanwhile:");
        spans.stream()
                .filter(span -> span.to() >= value.bornAt() && span.fault() != Fault.NONE)
                .forEach(span -> text.append(String.format(
                        "%n    %s %s from %s to %s ms",
                        span.fault(),
                        span.node() < 0 ? "" : "of node " + span.node(),
                        at(span.from()),
                        at(span.to()))));
        nodes.forEach(node -> text.append("\n    now: node ")
                .append(node.number())
                .append(' ')
                .append(node.faults()));
        return text.toString();
    }

    private String describe(Change change) {
        return String.format(
                "%s %s on node %d, called at %s, returned at %s, acknowledged at %s ms",
                change.kind(),
                change.subject(),
                change.node(),
                at(change.startedAt()),
                at(change.returnedAt()),
                at(change.acknowledgedAt()));
    }

    /** Every ten seconds, and only for who watches. */
    private void progress() {
        long now = System.nanoTime();
        if (now - reportedAt > TimeUnit.SECONDS.toNanos(10)) {
            reportedAt = now;
            System.out.println(summary());
        }
    }

    String summary() {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "history: seed %d, %d s, %d checked reads (%d local, %d shared, %d stale)",
                seed,
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunAt),
                checker.checked(),
                checker.checked(Tier.LOCAL),
                checker.checked(Tier.SHARED),
                checker.checkedStale()));
        for (Fault fault : Fault.values()) {
            if (checker.checked(fault) > 0) {
                text.append(", ").append(fault).append(' ').append(checker.checked(fault));
            }
        }
        return text.toString();
    }

    @Override
    public void close() {
        goesOn = false;
        nodes.forEach(Node::close);
        database.shutdownNow();
        site.close();
    }
}
