package io.perfkit.cache;

import io.perfkit.cache.spi.EntryLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** What stands under a key of the shared tier, as {@link EntryFormat} understands it: a value, or something else. */
sealed interface Parsed {

    /** What stands there instead of a value. */
    enum Kind {
        /** A value may be stored over it. */
        LEASE,
        /** The value that belongs here is the one being put: no other may fill the place. */
        PUT,
        /** Of a later version or schema: to be left alone. */
        NEWER,
        /** Of an earlier version or schema, or damaged: to be replaced. */
        FOREIGN
    }

    /** The beginning, by which a store or lease finds it again. */
    byte[] fence();

    /** Anything but a value. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Other(Kind kind, byte[] fence) implements Parsed {}

    /**
     * A value with its header, each field of which is read where it stands: most readers need few of them.
     *
     * @param bytes the entry, or no more of it than its header
     * @param tags its tags
     * @param valueAt the position of the value
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Value(byte[] bytes, List<String> tags, int valueAt) implements Parsed {

        private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

        private long longAt(int at) {
            return (long) LONGS.get(bytes, at);
        }

        @Override
        public byte[] fence() {
            return Arrays.copyOf(bytes, EntryLayout.FENCE_LENGTH);
        }

        boolean isNull() {
            return has(EntryLayout.FLAG_NULL);
        }

        boolean isCompressed() {
            return has(EntryLayout.FLAG_COMPRESSED);
        }

        /** Whether it was made due before its time. */
        boolean isDue() {
            return has(EntryLayout.FLAG_DUE);
        }

        private boolean has(int flag) {
            return (bytes[EntryLayout.FLAGS_AT] & flag) != 0;
        }

        /** Of the log that was known when its load began. */
        long incarnation() {
            return longAt(EntryLayout.INCARNATION_AT);
        }

        /** Of the log, when its load began. */
        long epoch() {
            return longAt(EntryLayout.EPOCH_AT);
        }

        /** In milliseconds of the server's clock. */
        long freshUntil() {
            return longAt(EntryLayout.STAMP_AT);
        }

        /** For how long after that it may be served while it is loaded anew. */
        long staleMillis() {
            return longAt(EntryLayout.STALE_AT);
        }

        /** For how long after that it may be served if loading fails. */
        long errorMillis() {
            return longAt(EntryLayout.ON_ERROR_AT);
        }

        /** How long its load took. */
        long loadNanos() {
            return longAt(EntryLayout.LOAD_NANOS_AT);
        }

        /** For how many milliseconds after it was fresh it may be used at all. */
        long afterwards() {
            return Math.max(staleMillis(), errorMillis());
        }

        /** The size of the value's bytes. */
        int size() {
            return bytes.length - valueAt;
        }
    }
}
