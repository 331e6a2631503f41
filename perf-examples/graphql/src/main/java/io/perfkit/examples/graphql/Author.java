package io.perfkit.examples.graphql;

/** A row of the table of authors. */
record Author(long id, String name) {}
