/** Compares the clinic as it was found with the clinic that has perfkit's starter. */
@NullMarked
package io.perfkit.examples.springboot;

import org.jspecify.annotations.NullMarked;
