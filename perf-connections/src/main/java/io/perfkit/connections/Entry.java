package io.perfkit.connections;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** One registered connection: its place in the ledger's three orders, and the mark that {@link #touch} sets. */
final class Entry<O, C> implements Registration {
    private static final VarHandle TOUCHED = touched();

    final O owner;
    final C connection;

    /** In the order of registration. */
    final Chain.Link<Entry<O, C>> byAge = new Chain.Link<>(this);

    /** In the order of registration, among those of the same owner. */
    final Chain.Link<Entry<O, C>> byOwner = new Chain.Link<>(this);

    /** In the tick in which the sweeper saw it last. */
    final Chain.Link<Entry<O, C>> bySeen = new Chain.Link<>(this);

    final Tick<O, C> born;

    /** The tick of the last touch. It never goes back, even if a thread is held up in the middle of a touch. */
    volatile Tick<O, C> touched;

    /** Written under the ledger's lock. */
    volatile boolean open = true;

    /** In the order of registration, among those with the same share of the maximum age. */
    final Chain.Link<Entry<O, C>> byLife = new Chain.Link<>(this);

    private volatile @Nullable Outbox<O, C> outbox;

    private final ConnectionRegistry<O, C> registry;
    private final Ledger<O, C> ledger;

    Entry(ConnectionRegistry<O, C> registry, Ledger<O, C> ledger, O owner, C connection, Tick<O, C> born) {
        this.registry = registry;
        this.ledger = ledger;
        this.owner = owner;
        this.connection = connection;
        this.born = born;
        this.touched = born;
    }

    private static VarHandle touched() {
        try {
            return MethodHandles.lookup().findVarHandle(Entry.class, "touched", Tick.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    ConnectionRegistry<O, C> registry() {
        return registry;
    }

    /** Made when it is first needed. */
    Outbox<O, C> outbox(Outboxes<O, C> outboxes) {
        Outbox<O, C> present = outbox;
        if (present != null) {
            return present;
        }
        synchronized (this) {
            present = outbox;
            if (present == null) {
                present = new Outbox<>(this, outboxes);
                outbox = present;
            }
            return present;
        }
    }

    @Override
    public void touch() {
        Tick<O, C> now = ledger.now();
        for (Tick<O, C> before = touched; before.number < now.number; before = touched) {
            if (TOUCHED.compareAndSet(this, before, now)) {
                return;
            }
        }
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public void close() {
        registry.closeByClient(this);
    }

    @Override
    public String toString() {
        return "Registration[owner=" + owner + ", connection=" + connection + (open ? "" : ", closed") + "]";
    }

    /** The entries of one owner. Exists only while there are any. */
    static final class Holding<O, C> {
        final Chain<Entry<O, C>> entries = new Chain<>();
        int count;

        @Nullable
        Entry<O, C> oldest() {
            return entries.first();
        }

        @Nullable
        Entry<O, C> idlest() {
            Entry<O, C> idlest = entries.first();
            for (Entry<O, C> e = idlest; e != null; e = entries.after(e.byOwner)) {
                if (idlest != null && e.touched.number < idlest.touched.number) {
                    idlest = e;
                }
            }
            return idlest;
        }
    }
}
