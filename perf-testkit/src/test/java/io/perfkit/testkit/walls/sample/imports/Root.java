package io.perfkit.testkit.walls.sample.imports;

import io.perfkit.testkit.walls.sample.other.Artifact;

/** Violation: imports another artifact. */
public final class Root {
    final Artifact artifact = new Artifact();
}
