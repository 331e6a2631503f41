package io.perfkit.examples.graphql;

import static java.util.Objects.requireNonNull;

import graphql.ExecutionResult;
import graphql.GraphQL;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLSchema;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.Missing;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Books and authors over GraphQL. The batchers live as long as the application and serve all requests; a data fetcher only
 * calls {@code load}.
 */
final class Library implements AutoCloseable {
    private static final String SCHEMA = "library.graphqls";

    private final Store store;
    private final Batcher<Long, @Nullable Author> authors;
    private final Batcher<Long, List<Book>> booksByAuthor;
    private final GraphQL graphQl;

    /** As an application sets it up. */
    static Library of(Store store) {
        Batcher<Long, @Nullable Author> authors = Batcher.<Long, @Nullable Author>resultBuilder(
                        "authors", store::authors)
                .window(Duration.ofMillis(1))
                .whenMissing(Missing.NULL)
                .build();
        Batcher<Long, List<Book>> booksByAuthor = Batcher.<Long, List<Book>>builder(
                        "books by author", store::booksByAuthor)
                .window(Duration.ofMillis(1))
                .whenMissing(author -> List.of())
                .build();
        return new Library(store, authors, booksByAuthor);
    }

    Library(Store store, Batcher<Long, @Nullable Author> authors, Batcher<Long, List<Book>> booksByAuthor) {
        this.store = store;
        this.authors = authors;
        this.booksByAuthor = booksByAuthor;
        RuntimeWiring wiring = RuntimeWiring.newRuntimeWiring()
                .type("Query", query -> query.dataFetcher("books", this::books))
                .type("Book", book -> book.dataFetcher("author", this::author).dataFetcher("another", this::another))
                .type("Author", author -> author.dataFetcher("books", this::booksOfAuthor))
                .build();
        GraphQLSchema schema = new SchemaGenerator().makeExecutableSchema(new SchemaParser().parse(schema()), wiring);
        graphQl = GraphQL.newGraphQL(schema).build();
    }

    private static String schema() {
        try (InputStream in = requireNonNull(Library.class.getResourceAsStream(SCHEMA), SCHEMA)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(SCHEMA, e);
        }
    }

    CompletableFuture<ExecutionResult> execute(String query) {
        return graphQl.executeAsync(request -> request.query(query));
    }

    private List<Book> books(DataFetchingEnvironment environment) {
        return store.books(environment.getArgumentOrDefault("first", 10));
    }

    private CompletableFuture<@Nullable Author> author(DataFetchingEnvironment environment) {
        Book book = requireNonNull(environment.getSource());
        return authors.load(book.authorId());
    }

    private CompletableFuture<List<Book>> booksOfAuthor(DataFetchingEnvironment environment) {
        Author author = requireNonNull(environment.getSource());
        return booksByAuthor.load(author.id());
    }

    /** Two calls, the second of which needs what the first returned. */
    private CompletableFuture<@Nullable Book> another(DataFetchingEnvironment environment) {
        Book book = requireNonNull(environment.getSource());
        return authors.load(book.authorId())
                .thenCompose(author -> booksByAuthor.load(requireNonNull(author).id()))
                .thenApply(books -> other(books, book));
    }

    private static @Nullable Book other(List<Book> books, Book than) {
        return books.stream().filter(book -> book.id() != than.id()).findFirst().orElse(null);
    }

    @Override
    public void close() {
        authors.close();
        booksByAuthor.close();
    }
}
