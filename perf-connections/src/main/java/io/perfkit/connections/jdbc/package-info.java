/**
 * Database connections, bounded, handed out first come, first served, with a fair share per owner. Pools over HikariCP
 * need {@code com.zaxxer:HikariCP} on the class path.
 */
@NullMarked
package io.perfkit.connections.jdbc;

import org.jspecify.annotations.NullMarked;
