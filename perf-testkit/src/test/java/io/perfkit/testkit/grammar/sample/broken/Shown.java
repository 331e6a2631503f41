package io.perfkit.testkit.grammar.sample.broken;

import java.util.Optional;

/** Shows what is not public. */
public class Shown extends Hidden {
    public Optional<Hidden> hidden() {
        return Optional.empty();
    }
}
