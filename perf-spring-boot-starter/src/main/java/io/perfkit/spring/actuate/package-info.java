/** What perfkit knows of the application, at {@code /actuator/perfkit} and in its health. */
@NullMarked
package io.perfkit.spring.actuate;

import org.jspecify.annotations.NullMarked;
