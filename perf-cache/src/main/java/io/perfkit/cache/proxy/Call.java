package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheLoadException;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What a proxy does when one of its methods is called. */
@FunctionalInterface
interface Call {

    /** Returns and throws what the caller of the proxy is to see. */
    @Nullable
    Object invoke(Object proxy, @Nullable Object[] arguments) throws Throwable;

    /** Throws what it is given as it is, where the compiler does not expect it. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    static <T extends Throwable> T unchanged(Throwable thrown) throws T {
        throw (T) thrown;
    }

    /** Takes an exception of the target through a region that would change it otherwise. */
    final class Passed extends Exception {

        private static final long serialVersionUID = 1L;

        Passed(Throwable thrown) {
            super(thrown.toString(), thrown, false, false);
        }

        /** Calls the target for a region. */
        static @Nullable Object through(Onward target, Object proxy, @Nullable Object[] arguments) throws Passed {
            try {
                return target.invoke(proxy, arguments);
            } catch (Throwable t) {
                throw Call.<RuntimeException>unchanged(through(t));
            }
        }

        /** What of the target's failures a region, or a stage on the way back, would change. */
        static Throwable through(Throwable thrown) {
            return thrown instanceof CacheLoadException || thrown instanceof CompletionException
                    ? new Passed(thrown)
                    : thrown;
        }

        /**
         * What the caller is to see of a failed load.
         *
         * @param declared the checked exceptions that the caller is prepared for
         */
        static Throwable unwrapped(CacheLoadException failure, Class<?>... declared) {
            Throwable cause = failure.getCause();
            if (cause instanceof Passed && cause.getCause() != null) {
                return cause.getCause();
            }
            for (Class<?> each : declared) {
                if (each.isInstance(cause)) {
                    return cause;
                }
            }
            return failure;
        }
    }
}
