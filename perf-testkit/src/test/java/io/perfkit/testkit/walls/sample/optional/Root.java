package io.perfkit.testkit.walls.sample.optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Violation: a root package that imports an optional library. */
public final class Root {
    static final Logger LOG = LoggerFactory.getLogger(Root.class);
}
