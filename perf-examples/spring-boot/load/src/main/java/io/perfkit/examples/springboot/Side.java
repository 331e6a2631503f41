package io.perfkit.examples.springboot;

import java.util.Locale;

/** The clinic as it was found, or with perfkit's starter. */
enum Side {
    BEFORE,
    AFTER;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
