/** Puts load on a server or on code, and says what it did to latency. Start at {@link io.perfkit.monitoring.load.LoadTest}. */
@NullMarked
package io.perfkit.monitoring.load;

import org.jspecify.annotations.NullMarked;
