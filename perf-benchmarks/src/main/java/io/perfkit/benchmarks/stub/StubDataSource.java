package io.perfkit.benchmarks.stub;

import java.sql.Connection;
import javax.sql.DataSource;

/** Opens a new connection at each call. */
abstract class StubDataSource implements DataSource {

    @Override
    public Connection getConnection() {
        return Stub.complete(StubConnection.class);
    }

    @Override
    public Connection getConnection(String username, String password) {
        return getConnection();
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // A stub opens at once.
    }
}
