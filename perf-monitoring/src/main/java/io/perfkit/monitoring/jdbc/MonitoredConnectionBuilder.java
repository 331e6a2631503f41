package io.perfkit.monitoring.jdbc;

import io.perfkit.monitoring.QueryRecorder;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;

/** Builds a monitored connection. */
final class MonitoredConnectionBuilder implements ConnectionBuilder {
    private final ConnectionBuilder delegate;
    private final QueryRecorder recorder;

    MonitoredConnectionBuilder(ConnectionBuilder delegate, QueryRecorder recorder) {
        this.delegate = delegate;
        this.recorder = recorder;
    }

    @Override
    public ConnectionBuilder user(String username) {
        delegate.user(username);
        return this;
    }

    @Override
    public ConnectionBuilder password(String password) {
        delegate.password(password);
        return this;
    }

    @Override
    public ConnectionBuilder shardingKey(ShardingKey shardingKey) {
        delegate.shardingKey(shardingKey);
        return this;
    }

    @Override
    public ConnectionBuilder superShardingKey(ShardingKey superShardingKey) {
        delegate.superShardingKey(superShardingKey);
        return this;
    }

    @Override
    public Connection build() throws SQLException {
        return new MonitoredConnection(delegate.build(), recorder);
    }
}
