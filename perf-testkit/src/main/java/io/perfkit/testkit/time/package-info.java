/** Time that passes when a test says so. */
@NullMarked
package io.perfkit.testkit.time;

import org.jspecify.annotations.NullMarked;
