package io.perfkit.connections.jdbc;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who holds one connection of a {@link BoundedDataSource}, and since when.
 *
 * @param thread the name that the thread had which acquired it
 * @param owner the owner it was acquired for, or null without one
 * @param heldFor the time since it was acquired
 * @param opening whether the thread is still waiting for the database to accept or validate the connection
 */
public record Holder(String thread, @Nullable String owner, Duration heldFor, boolean opening) {}
