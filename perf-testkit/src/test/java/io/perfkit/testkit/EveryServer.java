package io.perfkit.testkit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that starts servers and says what it has started. With {@code all} or {@code some} it then waits to be
 * killed; with {@code check} it asks each of them something and ends.
 */
public final class EveryServer {
    private EveryServer() {}

    public static void main(String[] arguments) throws IOException {
        String mode = arguments[0];
        System.out.println("user " + Workspace.instance().user());
        System.out.println("workspace "
                + Workspace.instance().createRunDirectory("probe").getParent().getParent());
        PostgresServer postgres = PostgresServer.startNew();
        List<ProcessServer> servers = new ArrayList<>(List.of(postgres, RedisServer.startNew("appendonly yes")));
        if (!mode.equals("some")) {
            RedisReplicaSet set = RedisReplicaSet.start();
            servers.addAll(List.of(set.primary(), set.replica()));
            servers.addAll(RedisCluster.start().nodes());
            if (MariaDbServer.isAvailable()) {
                servers.add(MariaDbServer.startNew());
            }
        }
        for (ProcessServer server : servers) {
            System.out.println("pid " + server.pid());
            ProcessHandle.of(server.pid())
                    .orElseThrow()
                    .descendants()
                    .forEach(child -> System.out.println("pid " + child.pid()));
        }
        if (mode.equals("check")) {
            System.out.println("postgres " + Sql.query(postgres.dataSource(), "SHOW server_version"));
            System.out.println("redis " + ((RedisServer) servers.get(1)).command("PING"));
            servers.get(servers.size() - 1).kill();
            servers.get(servers.size() - 1).start();
            servers.forEach(ProcessServer::close);
            System.out.println("closed");
        } else {
            // A killed JVM may leave a server that cannot even hear that it should end.
            postgres.pause();
            System.out.println("ready");
            while (System.in.read() >= 0) {
                // Until the test is over, one way or the other.
            }
        }
    }
}
