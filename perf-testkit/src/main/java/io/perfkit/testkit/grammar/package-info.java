/** Holds the public types of an artifact to the grammar of docs/adr/0007-one-grammar.md. */
@NullMarked
package io.perfkit.testkit.grammar;

import org.jspecify.annotations.NullMarked;
