/** Group commit: rows that many threads write one by one become few transactions. */
@NullMarked
package io.perfkit.batching.jdbc;

import org.jspecify.annotations.NullMarked;
