/** Event streams over asynchronous servlets. Needs {@code jakarta.servlet:jakarta.servlet-api}, which the container has. */
@NullMarked
package io.perfkit.connections.servlet;

import org.jspecify.annotations.NullMarked;
