/** The rules that keep perfkit's artifacts apart, as tests that every artifact runs on itself. */
@NullMarked
package io.perfkit.testkit.walls;

import org.jspecify.annotations.NullMarked;
