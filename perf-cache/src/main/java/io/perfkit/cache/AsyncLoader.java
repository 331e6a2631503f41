package io.perfkit.cache;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Begins to load a value, and decides until its stage has ended how the value is kept. */
@FunctionalInterface
interface AsyncLoader<V> {

    /** The value, later. A null instead of a stage is an error. */
    @Nullable
    CompletionStage<? extends @Nullable V> load(String key, LoadContext<V> context);
}
