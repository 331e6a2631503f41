package io.perfkit.examples.graphql;

import graphql.ExecutionResult;

/** A query of four levels, and how many queries of the database it takes. */
public final class GraphQlExample {

    private static final String QUERY =
            "{ books(first: 100) { title author { name books { title author { name } } } } }";

    private GraphQlExample() {}

    /** Runs one request. */
    public static void main(String... arguments) {
        CountingStore store = new CountingStore();
        try (Library library = Library.of(store)) {
            ExecutionResult result = library.execute(QUERY).join();
            System.out.println("perf-batching: 100 books, their authors, those authors' books and their authors again: "
                    + store.queries() + ", " + result.getErrors().size() + " fields with an error of their own");
        }
    }
}
