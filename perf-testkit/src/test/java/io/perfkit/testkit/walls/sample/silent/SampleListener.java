package io.perfkit.testkit.walls.sample.silent;

/** Nobody calls its second method. */
public interface SampleListener {

    default void onTold() {}

    default void onNeverTold() {}

    static void tell(SampleListener listener) {
        listener.onTold();
    }
}
