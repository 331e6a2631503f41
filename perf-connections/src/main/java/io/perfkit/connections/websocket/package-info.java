/** Registered sessions of Jakarta WebSocket. Needs {@code jakarta.websocket:jakarta.websocket-api}, which the container has. */
@NullMarked
package io.perfkit.connections.websocket;

import org.jspecify.annotations.NullMarked;
