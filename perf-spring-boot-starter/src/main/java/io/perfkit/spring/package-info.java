/**
 * perfkit in a Spring Boot application. Each part is an auto-configuration of its own, in a package named as its artifact,
 * and switches itself on where that artifact and its library are present. What an application may need by name are the
 * properties, {@code perfkit.*}; everything else is found by Spring Boot.
 */
@NullMarked
package io.perfkit.spring;

import org.jspecify.annotations.NullMarked;
