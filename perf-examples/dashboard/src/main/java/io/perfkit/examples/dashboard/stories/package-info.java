/** One file per story: the endpoint as it was found, the endpoint repaired, and how both are measured. */
@NullMarked
package io.perfkit.examples.dashboard.stories;

import org.jspecify.annotations.NullMarked;
