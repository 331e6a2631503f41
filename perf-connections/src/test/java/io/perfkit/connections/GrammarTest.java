package io.perfkit.connections;

import io.perfkit.connections.jdbc.BoundedDataSource;
import io.perfkit.connections.jdbc.ReplicaRouting;
import io.perfkit.testkit.grammar.Grammar;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The public types of this artifact follow docs/adr/0007-one-grammar.md. */
class GrammarTest {
    @Test
    void publicTypes_ofThisArtifact_followTheGrammar() {
        Grammar.of(ConnectionRegistry.class)
                .sample(ConnectionRegistry.Builder.class, GrammarTest::registry)
                .sample(ConnectionRegistry.class, () -> registry().build())
                .contradiction(
                        "maximumPerOwner",
                        "maximumTotal",
                        () -> registry().maximumTotal(1).maximumPerOwner(2).build())
                .sample(BoundedDataSource.Builder.class, GrammarTest::pool)
                .sample(BoundedDataSource.class, () -> pool().build())
                .contradiction(
                        "perOwner",
                        "size",
                        () -> pool().size(1).perOwner(() -> "x", 2).build())
                .sample(BoundedPool.Builder.class, GrammarTest::objects)
                .sample(BoundedPool.class, () -> objects().build())
                .sample(ReplicaRouting.Builder.class, () -> ReplicaRouting.builder(new PGSimpleDataSource()))
                .sample(
                        ReplicaRouting.class,
                        () -> ReplicaRouting.builder(new PGSimpleDataSource()).build())
                .contradiction(
                        "passFor",
                        "perOwner",
                        () -> pool().passFor(Duration.ofMillis(1))
                                .perOwner(() -> "x", 2)
                                .build())
                .except("close", "EventStream", "only a servlet container can open one; EventStreamTest closes them")
                .check();
    }

    private static ConnectionRegistry.Builder<String, String> registry() {
        return ConnectionRegistry.<String, String>builder("sockets")
                .maximumTotal(10)
                .onClose((connection, reason) -> {});
    }

    private static BoundedPool.Builder<StringBuilder> objects() {
        return BoundedPool.builder("texts", StringBuilder::new);
    }

    private static BoundedDataSource.Builder pool() {
        return BoundedDataSource.builder("main", new PGSimpleDataSource());
    }
}
