package io.perfkit.examples.graphql;

import io.perfkit.batching.Result;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What is asked for rows: each method is one query. */
interface Store {

    /** {@code select … order by id limit ?}. */
    List<Book> books(int first);

    /** {@code select … where id = any (?)}. An author that cannot be read fails alone; one that is not there is absent. */
    Map<Long, Result<Author>> authors(Set<Long> ids);

    /** {@code select … where author_id = any (?)}. */
    Map<Long, List<Book>> booksByAuthor(Set<Long> authorIds);
}
