package io.perfkit.testkit;

import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The one server of a kind that the tests of a JVM share: started when first asked for, and made to serve each time. */
final class SharedServer<S> {
    private final Supplier<S> starter;
    private final Predicate<S> closed;
    private final Consumer<S> reviver;
    private @Nullable S server;

    SharedServer(Supplier<S> starter, Predicate<S> closed, Consumer<S> reviver) {
        this.starter = starter;
        this.closed = closed;
        this.reviver = reviver;
    }

    static <S extends ProcessServer> SharedServer<S> of(Supplier<S> starter) {
        return new SharedServer<>(starter, ProcessServer::isClosed, ProcessServer::revive);
    }

    synchronized S get() {
        S current = server;
        if (current == null || closed.test(current)) {
            current = starter.get();
            server = current;
        } else {
            reviver.accept(current);
        }
        return current;
    }
}
