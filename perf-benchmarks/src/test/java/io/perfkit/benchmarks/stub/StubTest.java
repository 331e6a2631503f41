package io.perfkit.benchmarks.stub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLFeatureNotSupportedException;
import org.junit.jupiter.api.Test;

class StubTest {

    @Test
    void query_anyStatement_givesOneRowWithTheParameter() throws Exception {
        try (Connection connection = Stub.dataSource().getConnection();
                PreparedStatement statement = connection.prepareStatement("select ?")) {
            statement.setLong(1, 7);
            try (ResultSet rows = statement.executeQuery()) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getLong(1)).isEqualTo(7);
                assertThat(rows.next()).isFalse();
            }
        }
    }

    @Test
    void getConnection_calledTwice_givesTwoConnectionsOfOneClass() throws Exception {
        try (Connection one = Stub.dataSource().getConnection();
                Connection other = Stub.dataSource().getConnection()) {
            assertThat(one).isNotSameAs(other).hasSameClassAs(other);
        }
    }

    @Test
    void close_aConnection_isSeen() throws Exception {
        Connection connection = Stub.dataSource().getConnection();

        connection.close();

        assertThat(connection.isClosed()).isTrue();
        assertThat(connection.isValid(1)).isFalse();
    }

    @Test
    void call_whatTheBenchmarksDoNotNeed_isRefusedRatherThanFaked() throws Exception {
        try (Connection connection = Stub.dataSource().getConnection()) {
            assertThatThrownBy(connection::createBlob).isInstanceOf(SQLFeatureNotSupportedException.class);
        }
    }
}
