/** The figures of pools and registries as Micrometer's meters. Needs {@code io.micrometer:micrometer-core}. */
@NullMarked
package io.perfkit.connections.micrometer;

import org.jspecify.annotations.NullMarked;
