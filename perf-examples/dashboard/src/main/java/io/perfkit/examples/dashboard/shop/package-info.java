/** The shop the dashboard looks at: its servers, its tables and its generated sales. */
@NullMarked
package io.perfkit.examples.dashboard.shop;

import org.jspecify.annotations.NullMarked;
