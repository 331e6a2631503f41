/** What a native image has to be told. */
@NullMarked
package io.perfkit.spring.aot;

import org.jspecify.annotations.NullMarked;
