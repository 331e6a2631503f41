/** A JDBC driver that does nothing, so that what is wrapped around it is all that is measured. */
@NullMarked
package io.perfkit.benchmarks.stub;

import org.jspecify.annotations.NullMarked;
