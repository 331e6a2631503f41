/** Types that follow the grammar. */
@NullMarked
package io.perfkit.testkit.grammar.sample.sound;

import org.jspecify.annotations.NullMarked;
