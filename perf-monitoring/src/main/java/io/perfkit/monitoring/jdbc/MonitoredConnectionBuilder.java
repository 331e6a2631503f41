package io.perfkit.monitoring.jdbc;

import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;

/** Builds a monitored connection. */
final class MonitoredConnectionBuilder implements ConnectionBuilder {
    private final ConnectionBuilder delegate;
    private final Source source;

    MonitoredConnectionBuilder(ConnectionBuilder delegate, Source source) {
        this.delegate = delegate;
        this.source = source;
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
        return MonitoredDataSource.acquire(source, delegate::build);
    }
}
