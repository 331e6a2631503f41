package io.perfkit.cache.proxy;

import org.jspecify.annotations.Nullable;

/** How a call becomes a key. */
interface CallKey {

    /** Whether the value of a parameter is part of the key. */
    boolean uses(int parameter);

    /** The key of a call, or null if an argument is missing that it would be made of. */
    @Nullable
    String of(@Nullable Object[] arguments, @Nullable Object result);

    /**
     * Whether a call with other arguments may have the same key. Asked for keys that {@link #of} has made; such a call
     * is not cached, for its caller might be given what belongs to another.
     */
    boolean isAmbiguous(@Nullable Object[] arguments, @Nullable Object result);
}
