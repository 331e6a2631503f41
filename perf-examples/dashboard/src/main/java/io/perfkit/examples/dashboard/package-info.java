/** The main job of perfkit: a slow web application and the same application repaired, measured side by side. */
@NullMarked
package io.perfkit.examples.dashboard;

import org.jspecify.annotations.NullMarked;
