package io.perfkit.benchmarks.stub;

import java.sql.DatabaseMetaData;

/** What peers ask of a connection when they get it. Completed by {@link Stub}. */
abstract class StubMetadata implements DatabaseMetaData {

    @Override
    public String getURL() {
        return "jdbc:stub:benchmark";
    }

    @Override
    public String getUserName() {
        return "benchmark";
    }

    @Override
    public String getDatabaseProductName() {
        return "stub";
    }
}
