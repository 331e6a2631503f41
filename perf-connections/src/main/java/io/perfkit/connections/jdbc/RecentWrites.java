package io.perfkit.connections.jdbc;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who has written not long ago, and up to where a replica has to have come for that to be seen. */
final class RecentWrites {
    /** A replica that has not come so far in this time is not waited for by anyone any more. */
    private static final long FORGOTTEN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private final long windowNanos;

    /** The one who wrote longest ago first. */
    private final LinkedHashMap<String, Write> writes = new LinkedHashMap<>();

    RecentWrites(long windowNanos) {
        this.windowNanos = windowNanos;
    }

    static final class Write {
        final long atNanos;

        /** Known from the first read after it on. */
        volatile @Nullable String position;

        Write(long atNanos) {
            this.atNanos = atNanos;
        }
    }

    synchronized void wrote(String caller, long nowNanos) {
        writes.remove(caller);
        writes.put(caller, new Write(nowNanos));
        for (Iterator<Map.Entry<String, Write>> i = writes.entrySet().iterator(); i.hasNext(); ) {
            if (nowNanos - i.next().getValue().atNanos < FORGOTTEN_NANOS) {
                break;
            }
            i.remove();
        }
    }

    synchronized @Nullable Write of(String caller, long nowNanos) {
        Write write = writes.get(caller);
        if (write != null && nowNanos - write.atNanos >= FORGOTTEN_NANOS) {
            writes.remove(caller);
            return null;
        }
        return write;
    }

    boolean isWithinWindow(Write write, long nowNanos) {
        return nowNanos - write.atNanos < windowNanos;
    }

    /** The replicas have it, as far as this caller is concerned. */
    synchronized void arrived(String caller, Write write) {
        writes.remove(caller, write);
    }

    synchronized int size() {
        return writes.size();
    }
}
