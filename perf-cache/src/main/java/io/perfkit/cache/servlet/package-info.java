/** Whole HTTP responses in a cache region. Needs {@code jakarta.servlet:jakarta.servlet-api} 6. */
@NullMarked
package io.perfkit.cache.servlet;

import org.jspecify.annotations.NullMarked;
