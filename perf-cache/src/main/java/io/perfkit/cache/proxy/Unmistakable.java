package io.perfkit.cache.proxy;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The keys of a cached method's calls, without those that calls with other arguments may have too. */
final class Unmistakable {

    /** By the name of the class that users know. */
    private static final Logger LOG = LoggerFactory.getLogger(CachingProxy.class);

    private final CallKey key;
    private final String method;
    private final AtomicBoolean told = new AtomicBoolean();

    Unmistakable(CallKey key, String method) {
        this.key = key;
        this.method = method;
    }

    /** The key of a call, or null if it is not to be cached. */
    @Nullable
    String of(@Nullable Object[] arguments) {
        String text = key.of(arguments, null);
        if (text == null || !key.isAmbiguous(arguments, null)) {
            return text;
        }
        if (!told.getAndSet(true)) {
            LOG.warn(
                    "{}: an argument in the key contains what separates it from the next one, so that a call with other "
                            + "arguments may have the same key. Such calls are not cached. Choose a separator that no "
                            + "argument contains, put this argument last, or leave the key out. (Told once.)",
                    method);
        }
        return null;
    }
}
