/** Figures, budgets, and how they are shown: the table in the terminal and the page with plots. */
@NullMarked
package io.perfkit.examples.dashboard.measure;

import org.jspecify.annotations.NullMarked;
