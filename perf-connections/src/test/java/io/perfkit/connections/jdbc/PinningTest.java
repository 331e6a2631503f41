package io.perfkit.connections.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.perfkit.connections.jdbc.PoolUnderTest.Held;
import io.perfkit.connections.jdbc.PoolUnderTest.Kind;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand virtual threads share ten, and none keeps its carrier while it waits: the JVM is asked. */
@Timeout(60)
class PinningTest {
    private static final int THREADS = 10_000;
    private static final long HELD_NANOS = 100_000;

    @ParameterizedTest
    @EnumSource(names = {"DRIVER", "HIKARICP", "BOUNDED_POOL"})
    void acquire_byTenThousandVirtualThreads_pinsNone(Kind kind, @TempDir Path directory) throws Exception {
        assumeTrue(Runtime.version().feature() >= 21, "virtual threads need Java 21 or newer; this is older");
        try (PoolRoom room = new PoolRoom(kind, s -> s.with(10).patient());
                Recording recording = new Recording()) {
            // Classes that are being initialized pin by themselves.
            share(room, 100);
            recording.enable("jdk.VirtualThreadPinned").withoutThreshold().withStackTrace();
            recording.start();
            long begun = System.nanoTime();
            share(room, THREADS);
            double seconds = (System.nanoTime() - begun) / 1e9;
            recording.stop();
            Path file = directory.resolve("pinning.jfr");
            recording.dump(file);
            List<RecordedEvent> pinned = RecordingFile.readAllEvents(file);
            System.out.printf(
                    "%s: %,d virtual threads on 10, each of which holds one for 0.1 ms: %,.0f per second, %d pinned%n",
                    kind, THREADS, THREADS / seconds, pinned.size());
            assertThat(pinned).isEmpty();
            assertThat(room.database.mostOpen.get()).isLessThanOrEqualTo(10);
            room.isWhole();
        }
    }

    private static void share(PoolRoom room, int threads) throws Exception {
        ExecutorService perTask = virtualThreads();
        try {
            List<Future<?>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                all.add(perTask.submit(() -> {
                    try (Held held = room.acquire()) {
                        held.connection().createStatement().close();
                        LockSupport.parkNanos(HELD_NANOS);
                    }
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get(50, TimeUnit.SECONDS);
            }
        } finally {
            perTask.shutdownNow();
        }
    }

    /** By reflection, since it is compiled for Java 17. */
    private static ExecutorService virtualThreads()
            throws NoSuchMethodException, IllegalAccessException, InvocationTargetException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }
}
