package io.perfkit.spring.actuate;

import java.util.function.Supplier;

/**
 * A part of what {@code /actuator/perfkit} tells. Each bean of this type is one.
 *
 * @param name under which it stands
 * @param content read at each request; becomes JSON
 */
public record EndpointSection(String name, Supplier<?> content) {}
