/** The web server of the dashboard, and the client that opens thousands of live feeds. */
@NullMarked
package io.perfkit.examples.dashboard.http;

import org.jspecify.annotations.NullMarked;
