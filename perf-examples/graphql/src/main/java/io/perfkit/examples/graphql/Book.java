package io.perfkit.examples.graphql;

/** A row of the table of books. */
record Book(long id, String title, long authorId) {}
