/**
 * Whatever an application holds open for long is bounded, shared fairly, cleaned up and accounted for.
 *
 * <p>{@link io.perfkit.connections.ConnectionRegistry} keeps WebSockets, event streams and long polls within limits.
 * {@link io.perfkit.connections.BoundedPool} bounds any other object. The package {@code io.perfkit.connections.jdbc} bounds
 * database connections and routes them to replicas.
 */
@NullMarked
package io.perfkit.connections;

import org.jspecify.annotations.NullMarked;
