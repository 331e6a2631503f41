package io.perfkit.monitoring.load;

/** Is told how a {@link LoadTest} goes. Implement what is of interest; the other methods do nothing. */
public interface LoadListener {
    /**
     * Called about once a second while the test runs.
     *
     * @param progress how far it is
     */
    default void onProgress(LoadProgress progress) {}
}
