/** Values as JSON. Needs {@code tools.jackson.core:jackson-databind} (Jackson 3). */
@NullMarked
package io.perfkit.cache.json;

import org.jspecify.annotations.NullMarked;
