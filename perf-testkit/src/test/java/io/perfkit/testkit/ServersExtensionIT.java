package io.perfkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.ClassOrderer;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestClassOrder;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;

/** The order matters: what is private to one test or class must be closed by the time the next one runs. */
@ExtendWith(ServersExtension.class)
@TestClassOrder(ClassOrderer.OrderAnnotation.class)
class ServersExtensionIT {
    @Nested
    @Order(1)
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    class OneClass {
        static RedisServer sharedOfClass;

        @OwnServer
        static RedisServer ownOfClass;

        static RedisServer ownOfBeforeAll;
        static RedisServer ownOfFirstTest;
        static RedisServer parameterOfFirstTest;
        static RedisServer constructorOfFirstTest;

        final RedisServer constructorParameter;

        RedisServer shared;

        @OwnServer
        RedisServer own;

        OneClass(@OwnServer RedisServer constructorParameter) {
            this.constructorParameter = constructorParameter;
        }

        @BeforeAll
        static void remember(@OwnServer RedisServer parameter) {
            ownOfBeforeAll = parameter;
            assertThat(ownOfClass.isRunning()).isTrue();
        }

        @Test
        @Order(1)
        void first_fieldsAndParameters_areSharedOrPrivateAsAsked(
                RedisServer sharedParameter, @OwnServer RedisServer ownParameter, PostgresServer postgres) {
            assertThat(shared)
                    .isSameAs(RedisServer.shared())
                    .isSameAs(sharedParameter)
                    .isSameAs(sharedOfClass);
            assertThat(postgres).isSameAs(PostgresServer.shared());
            assertThat(own)
                    .isNotSameAs(shared)
                    .isNotSameAs(ownParameter)
                    .isNotSameAs(ownOfClass)
                    .isNotSameAs(constructorParameter);
            assertThat(own.command("PING")).isEqualTo("PONG");
            assertThat(constructorParameter.command("PING")).isEqualTo("PONG");
            ownOfFirstTest = own;
            parameterOfFirstTest = ownParameter;
            constructorOfFirstTest = constructorParameter;
        }

        @Test
        @Order(2)
        void second_privateServersOfTheFirst_areClosed() {
            assertThat(ownOfFirstTest.isClosed()).isTrue();
            assertThat(parameterOfFirstTest.isClosed()).isTrue();
            assertThat(constructorOfFirstTest.isClosed()).isTrue();
            assertThat(own).isNotSameAs(ownOfFirstTest);
            assertThat(own.isRunning()).isTrue();
            assertThat(ownOfClass.isRunning()).isTrue();
            assertThat(ownOfBeforeAll.isRunning()).isTrue();
        }
    }

    @Nested
    @Order(2)
    class NextClass {
        @Test
        void privateServersOfTheClassBefore_areClosedAndTheSharedOneRuns() {
            assertThat(OneClass.ownOfClass.isClosed()).isTrue();
            assertThat(OneClass.ownOfBeforeAll.isClosed()).isTrue();
            assertThat(OneClass.sharedOfClass.isRunning()).isTrue();
        }

        @Test
        void replicaSetsAndClusters_asParameters_areRunning(RedisReplicaSet one, RedisReplicaSet other) {
            assertThat(one).isNotSameAs(other);
            assertThat(one.replica().isRunning()).isTrue();
        }

        @Test
        void sharedCluster_leftWithADeadNode_servesAgain(RedisCluster cluster) {
            cluster.nodes().get(1).kill();

            assertThat(RedisCluster.shared()).isSameAs(cluster);

            assertThat(cluster.nodes()).allMatch(RedisServer::isRunning);
        }
    }
}
