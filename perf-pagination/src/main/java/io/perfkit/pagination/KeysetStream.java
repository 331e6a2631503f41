package io.perfkit.pagination;

import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/** All rows of a source, a chunk at a time; a chunk is let go of before the next one is fetched. Not thread-safe. */
final class KeysetStream<R extends Record> implements Iterator<R> {

    private final RowSource<? extends R> source;
    private final int chunkSize;
    private Iterator<? extends R> chunk = List.<R>of().iterator();
    private @Nullable Cursor last;
    private boolean ended;

    private KeysetStream(RowSource<? extends R> source, int chunkSize) {
        this.source = source;
        this.chunkSize = chunkSize;
    }

    static <R extends Record> Stream<R> of(RowSource<? extends R> source, int chunkSize) {
        Iterator<R> rows = new KeysetStream<>(source, chunkSize);
        return StreamSupport.stream(
                Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED | Spliterator.NONNULL), false);
    }

    @Override
    public boolean hasNext() {
        if (!chunk.hasNext() && !ended) {
            chunk = List.<R>of().iterator();
            chunk = read(source);
        }
        return chunk.hasNext();
    }

    private <T extends R> Iterator<T> read(RowSource<T> from) {
        // One row more than is given: it tells whether that was the end, and whether its key is the last one's again.
        RowSource.Slice<T> slice = from.read(true, last, chunkSize + 1);
        List<T> rows = slice.rows();
        if (rows.size() <= chunkSize) {
            ended = true;
            return slice.items().iterator();
        }
        last = new Cursor(Cursor.Use.FORWARD, false, slice.position(rows.get(chunkSize - 1)));
        return slice.with(rows.subList(0, chunkSize)).items().iterator();
    }

    @Override
    public R next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return chunk.next();
    }
}
