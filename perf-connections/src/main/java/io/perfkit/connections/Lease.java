package io.perfkit.connections;

/**
 * The use of one object of a {@link BoundedPool} until it is closed.
 *
 * @param <T> the type of object
 */
public interface Lease<T> extends AutoCloseable {
    /**
     * The object. It must not be kept beyond {@link #close()}.
     *
     * @return the object
     * @throws IllegalStateException if the lease was closed
     */
    T value();

    /**
     * Says that the object is of no more use: {@link #close()} then destroys it instead of returning it. Does nothing
     * after that.
     */
    void invalidate();

    /** Returns the object, exactly once, however often and by whatever threads this is called. Never throws. */
    @Override
    void close();
}
