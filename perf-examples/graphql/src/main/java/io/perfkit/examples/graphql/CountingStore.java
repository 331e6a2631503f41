package io.perfkit.examples.graphql;

import io.perfkit.batching.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Stands for a database: 1,000 books by 20 authors, and a list of the queries it was asked. */
final class CountingStore implements Store {
    static final int BOOKS = 1_000;
    static final int AUTHORS = 20;

    /** Cannot be read. */
    static final long BROKEN_AUTHOR = 13;

    /** Is not there. */
    static final long LOST_AUTHOR = 7;

    private final List<String> queries = new CopyOnWriteArrayList<>();

    /** What was asked so far: the kind of rows, and how many keys. */
    List<String> queries() {
        return List.copyOf(queries);
    }

    @Override
    public List<Book> books(int first) {
        queries.add("books");
        return LongStream.range(0, Math.min(first, BOOKS))
                .mapToObj(CountingStore::book)
                .toList();
    }

    @Override
    public Map<Long, Result<Author>> authors(Set<Long> ids) {
        queries.add("authors of " + ids.size());
        Map<Long, Result<Author>> found = new HashMap<>();
        for (Long id : ids) {
            if (id == BROKEN_AUTHOR) {
                found.put(id, Result.failure(new IllegalStateException("author " + id + " cannot be read")));
            } else if (id != LOST_AUTHOR) {
                found.put(id, Result.success(new Author(id, "author " + id)));
            }
        }
        return found;
    }

    @Override
    public Map<Long, List<Book>> booksByAuthor(Set<Long> authorIds) {
        queries.add("books by author of " + authorIds.size());
        return authorIds.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        author -> LongStream.range(0, BOOKS)
                                .mapToObj(CountingStore::book)
                                .filter(book -> book.authorId() == author)
                                .limit(5)
                                .toList()));
    }

    private static Book book(long id) {
        return new Book(id, "book " + id, id % AUTHORS);
    }
}
