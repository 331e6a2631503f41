/**
 * Real servers for tests: PostgreSQL, Redis (alone, with a replica, as a cluster) and MariaDB, started from binaries
 * that come as Maven artifacts, with a JUnit 5 extension that hands them to tests.
 *
 * <p>Start with {@link io.perfkit.testkit.PostgresServer#shared()} or {@link io.perfkit.testkit.ServersExtension}.
 */
@NullMarked
package io.perfkit.testkit;

import org.jspecify.annotations.NullMarked;
