package io.perfkit.monitoring.http;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.http.HttpClient;
import org.jspecify.annotations.Nullable;

/** A method that {@link HttpClient} has since Java 21, found by name since this is compiled for 17. */
final class SinceJava21 {
    private final @Nullable Method method;

    SinceJava21(String name, Class<?>... parameters) {
        Method found;
        try {
            found = HttpClient.class.getMethod(name, parameters);
        } catch (NoSuchMethodException older) {
            found = null;
        }
        this.method = found;
    }

    /** What it answers; null where there is no such method, or it answers nothing. */
    @Nullable
    Object call(HttpClient client, Object... arguments) throws InterruptedException {
        if (method == null) {
            return null;
        }
        try {
            return method.invoke(client, arguments);
        } catch (InvocationTargetException failure) {
            Throwable cause = failure.getCause();
            if (cause instanceof InterruptedException interrupted) {
                throw interrupted;
            } else if (cause instanceof RuntimeException unchecked) {
                throw unchecked;
            } else if (cause instanceof Error error) {
                throw error;
            }
            throw new IllegalStateException(cause);
        } catch (IllegalAccessException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** As {@link #call}, for one that throws nothing that is checked. */
    @Nullable
    Object callQuietly(HttpClient client) {
        try {
            return call(client);
        } catch (InterruptedException impossible) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
