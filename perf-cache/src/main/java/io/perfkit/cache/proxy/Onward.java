package io.perfkit.cache.proxy;

import org.jspecify.annotations.Nullable;

/** What a call goes on to where the cache does not answer it. */
@FunctionalInterface
interface Onward {

    /** Throws what the method throws. */
    @Nullable
    Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable;
}
