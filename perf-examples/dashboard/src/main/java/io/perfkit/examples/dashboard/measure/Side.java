package io.perfkit.examples.dashboard.measure;

/** The application as it was found, or repaired. */
public enum Side {
    BEFORE("before"),
    AFTER("after");

    private final String text;

    Side(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
