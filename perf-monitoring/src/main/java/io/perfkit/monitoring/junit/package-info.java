/** Budgets in tests: how many queries a test may run, and how long it may take. */
@NullMarked
package io.perfkit.monitoring.junit;

import org.jspecify.annotations.NullMarked;
