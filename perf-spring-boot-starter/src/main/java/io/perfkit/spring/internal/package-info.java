/** What several parts have in common. Not for applications. */
@NullMarked
package io.perfkit.spring.internal;

import org.jspecify.annotations.NullMarked;
