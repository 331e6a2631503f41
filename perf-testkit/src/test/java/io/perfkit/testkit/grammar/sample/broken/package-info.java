/** Types that break each rule of the grammar. */
@NullMarked
package io.perfkit.testkit.grammar.sample.broken;

import org.jspecify.annotations.NullMarked;
