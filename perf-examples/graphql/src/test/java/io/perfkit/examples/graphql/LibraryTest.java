package io.perfkit.examples.graphql;

import static org.assertj.core.api.Assertions.assertThat;

import graphql.ExecutionResult;
import graphql.GraphQLError;
import io.perfkit.batching.Batcher;
import io.perfkit.batching.Missing;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LibraryTest {
    private static final String FOUR_LEVELS =
            "{ books(first: 100) { title author { name books { title author { name } } } } }";

    private final CountingStore store = new CountingStore();
    private final Windows windows = new Windows();

    /** As {@link Library#of}, but windows end when the test says so. */
    private final Library library = new Library(
            store,
            inWindows(Batcher.<Long, Author>resultBuilder("authors", store::authors))
                    .whenMissing(Missing.NULL)
                    .build(),
            inWindows(Batcher.<Long, List<Book>>builder("books by author", store::booksByAuthor))
                    .build());

    private <K, V> Batcher.Builder<K, V> inWindows(Batcher.Builder<K, V> builder) {
        return builder.window(Duration.ofMillis(1))
                .scheduler(windows)
                .ticker(windows::nanoTime)
                .executor(Runnable::run);
    }

    @AfterEach
    void close() {
        library.close();
    }

    /** Twenty authors, the books of each, and their authors again: of 100, 100 and 500 fields. */
    @Test
    void query_ofFourLevels_asksOncePerLevel() {
        CompletableFuture<ExecutionResult> result = library.execute(FOUR_LEVELS);
        assertThat(store.queries()).containsExactly("books");

        windows.end();
        assertThat(store.queries()).containsExactly("books", "authors of 20");

        windows.end();
        assertThat(store.queries()).containsExactly("books", "authors of 20", "books by author of 18");
        assertThat(result).isNotDone();

        windows.end();
        assertThat(store.queries()).containsExactly("books", "authors of 20", "books by author of 18", "authors of 18");
        assertThat(result).isDone();
        List<Map<String, Object>> books = books(result.join());
        assertThat(books).hasSize(100);
        assertThat(author(books.get(42))).containsEntry("name", "author 2");
        assertThat(listOf(author(books.get(42)).get("books")))
                .hasSize(5)
                .allSatisfy(book -> assertThat(author(book)).containsEntry("name", "author 2"));
    }

    @Test
    void author_thatCannotBeRead_isAnErrorAtItsFieldsOnly() {
        CompletableFuture<ExecutionResult> result = library.execute("{ books(first: 40) { title author { name } } }");
        windows.end();

        List<Map<String, Object>> books = books(result.join());
        assertThat(store.queries()).containsExactly("books", "authors of 20");
        assertThat(result.join().getErrors())
                .extracting(GraphQLError::getPath)
                .containsExactlyInAnyOrder(List.of("books", 13, "author"), List.of("books", 33, "author"));
        assertThat(result.join().getErrors())
                .allSatisfy(error -> assertThat(error.getMessage()).contains("author 13 cannot be read"));
        assertThat(books).hasSize(40).allSatisfy(book -> assertThat(book).containsKey("title"));
        assertThat(books.get(13)).containsEntry("author", null);
        assertThat(author(books.get(14))).containsEntry("name", "author 14");
    }

    @Test
    void author_thatIsNotThere_isNull() {
        CompletableFuture<ExecutionResult> result = library.execute("{ books(first: 10) { author { name } } }");
        windows.end();

        assertThat(result.join().getErrors()).isEmpty();
        assertThat(books(result.join()).get((int) CountingStore.LOST_AUTHOR)).containsEntry("author", null);
    }

    /** What java-dataloader never answers without another dispatch: a load in the completion of a load. */
    @Test
    void field_thatLoadsTwice_isAnswered() {
        CompletableFuture<ExecutionResult> result = library.execute("{ books(first: 5) { another { title } } }");
        windows.end();
        assertThat(result).isNotDone();
        windows.end();

        assertThat(result).isDone();
        assertThat(store.queries()).containsExactly("books", "authors of 5", "books by author of 5");
        assertThat(books(result.join()).get(0)).containsEntry("another", Map.of("title", "book 20"));
    }

    @Test
    void requests_atTheSameTime_shareABulkCall() {
        CompletableFuture<ExecutionResult> one = library.execute("{ books(first: 3) { author { name } } }");
        CompletableFuture<ExecutionResult> other = library.execute("{ books(first: 5) { author { name } } }");
        windows.end();

        assertThat(store.queries()).containsExactly("books", "books", "authors of 5");
        assertThat(books(one.join())).hasSize(3);
        assertThat(books(other.join())).hasSize(5);
    }

    /** With its own threads and windows, as in an application: the same answer, however the calls were gathered. */
    @Test
    void query_withThreads_givesTheSameAnswer() throws Exception {
        CompletableFuture<ExecutionResult> expected = library.execute(FOUR_LEVELS);
        windows.end();
        windows.end();
        windows.end();

        try (Library application = Library.of(new CountingStore())) {
            ExecutionResult result = application.execute(FOUR_LEVELS).get(30, TimeUnit.SECONDS);

            assertThat(result.<Object>getData()).isEqualTo(expected.join().getData());
            assertThat(result.getErrors()).hasSameSizeAs(expected.join().getErrors());
        }
    }

    @Test
    void main_printsTheQueries() {
        PrintStream before = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            GraphQlExample.main();
        } finally {
            System.setOut(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).contains("books, authors of ");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> books(ExecutionResult result) {
        Map<String, Object> data = result.getData();
        return (List<Map<String, Object>>) data.get("books");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> listOf(Object value) {
        return (List<Map<String, Object>>) value;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> author(Map<String, Object> book) {
        return (Map<String, Object>) book.get("author");
    }
}
