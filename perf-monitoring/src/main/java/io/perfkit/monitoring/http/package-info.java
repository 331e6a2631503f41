/** Measures calls of other services through the JDK's {@link java.net.http.HttpClient}. */
@NullMarked
package io.perfkit.monitoring.http;

import org.jspecify.annotations.NullMarked;
