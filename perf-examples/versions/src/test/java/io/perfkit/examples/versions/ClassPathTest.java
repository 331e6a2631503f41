package io.perfkit.examples.versions;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.zaxxer.hikari.HikariDataSource;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.retry.Retry;
import io.lettuce.core.RedisClient;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.stream.Stream;
import org.jooq.DSLContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.ObjectMapper;

/** The versions that the matrix names are those that the other tests run over. */
class ClassPathTest {

    static Stream<Arguments> libraries() {
        return Stream.of(
                Arguments.of("caffeine", Caffeine.class),
                Arguments.of("HikariCP", HikariDataSource.class),
                Arguments.of("jackson-databind", ObjectMapper.class),
                Arguments.of("jooq", DSLContext.class),
                Arguments.of("lettuce-core", RedisClient.class),
                Arguments.of("micrometer-core", MeterRegistry.class),
                Arguments.of("resilience4j-circuitbreaker", CircuitBreaker.class),
                Arguments.of("resilience4j-retry", Retry.class));
    }

    @ParameterizedTest
    @MethodSource("libraries")
    void library_isOfTheVersionThatTheMatrixNames(String artifact, Class<?> part) {
        String version = System.getProperty("versions." + artifact);
        assertThat(part.getProtectionDomain().getCodeSource().getLocation().getPath())
                .endsWith("/" + artifact + "-" + version + ".jar");
    }
}
