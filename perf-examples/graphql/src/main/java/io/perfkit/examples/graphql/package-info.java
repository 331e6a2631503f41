/** A batcher as the loader behind graphql-java's data fetchers. */
@NullMarked
package io.perfkit.examples.graphql;

import org.jspecify.annotations.NullMarked;
