/** A TCP proxy that makes a network misbehave on demand. */
@NullMarked
package io.perfkit.testkit.proxy;

import org.jspecify.annotations.NullMarked;
