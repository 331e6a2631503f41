package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.perfkit.monitoring.Finding;
import io.perfkit.monitoring.PerformanceMonitor;
import io.perfkit.monitoring.RequestScope;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** What runs on other threads for a request counts in its scope, and no thread keeps the scope. */
class CarriedScopesTest {
    private static final String BY_OWNER = "select name from pet where owner_id = ?";

    private final Database database = new Database(
            PerformanceMonitor.builder(new SimpleMeterRegistry()).libraryPackages(List.of("shop.Database")));
    private final ExecutorService pool = Executors.newFixedThreadPool(2);

    @BeforeAll
    static void propagate() {
        Hooks.enableAutomaticContextPropagation();
    }

    @AfterAll
    static void stop() {
        Hooks.disableAutomaticContextPropagation();
    }

    @AfterEach
    void noThreadKeepsAScope() throws Exception {
        for (int i = 0; i < 4; i++) {
            assertThat(pool.submit(RequestScope::current).get(5, TimeUnit.SECONDS))
                    .isNull();
        }
        pool.shutdown();
        assertThat(RequestScope.current()).isNull();
    }

    private List<Object> query(int owner) {
        return database.query(BY_OWNER, owner);
    }

    @Test
    void tasks_ofEveryKind_countInTheScopeOfWhoHandsThemOver() throws Exception {
        ExecutorService carrying = RequestScope.carry(pool);
        Executor simple = RequestScope.carry((Executor) pool);
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            carrying.submit(() -> query(1)).get();
            carrying.submit((Runnable) () -> query(2)).get();
            assertThat(carrying.submit(() -> query(3), "done").get()).isEqualTo("done");
            List<Callable<Object>> tasks = List.of(() -> query(4), () -> query(5));
            carrying.invokeAll(tasks);
            carrying.invokeAll(tasks, 5, TimeUnit.SECONDS);
            carrying.invokeAny(tasks.subList(0, 1));
            carrying.invokeAny(tasks.subList(0, 1), 5, TimeUnit.SECONDS);
            CompletableFuture.runAsync(() -> query(6), carrying).get();
            CompletableFuture.runAsync(() -> query(7), simple).get();
            pool.submit(RequestScope.carry((Runnable) () -> query(8))).get();
            pool.submit(RequestScope.carry((Callable<Object>) () -> query(9))).get();
            assertThat(request.queries()).isEqualTo(13);
            pool.submit(() -> query(10)).get();
            assertThat(request.queries()).isEqualTo(13);
        }
        assertThat(carrying.submit(() -> RequestScope.current()).get()).isNull();
    }

    @Test
    void taskThatFails_orRunsOnItsCaller_leavesTheScopeAsItWas() {
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            assertThatThrownBy(() -> RequestScope.carry(pool)
                            .submit(() -> {
                                throw new StackOverflowError("of the task");
                            })
                            .get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(StackOverflowError.class);
            RequestScope.carry((Executor) Runnable::run).execute(() -> query(1));
            assertThat(RequestScope.current()).isSameAs(request);
            assertThat(request.queries()).isEqualTo(1);
        }
    }

    @Test
    void carriedTask_thatRunsWhenTheScopeIsClosed_hurtsNobody() throws Exception {
        Runnable late;
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            late = RequestScope.carry((Runnable) () -> query(1));
            assertThat(request.queries()).isZero();
        }
        pool.submit(late).get();
        assertThat(database.monitor.endpoints().get(0).queries()).isZero();
    }

    @Test
    void virtualThreads_carryAsAnyOther() throws Exception {
        assumeTrue(Runtime.version().feature() >= 21);
        ExecutorService virtual = (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            RequestScope.carry(virtual)
                    .invokeAll(IntStream.range(0, 30)
                            .<Callable<Object>>mapToObj(i -> () -> query(i))
                            .toList());
            assertThat(request.queries()).isEqualTo(30);
            assertThat(request.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.N_PLUS_ONE);
            assertThat(request.allocatedBytes()).isEmpty();
        } finally {
            virtual.shutdown();
        }
    }

    @Test
    void reactorPipeline_countsOnItsSchedulers_withTheLineOfTheLambda() {
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            List<Integer> rows = Flux.range(0, 20)
                    .flatMap(i -> Mono.fromCallable(() -> query(i).size())
                            .subscribeOn(Schedulers.boundedElastic())
                            .publishOn(Schedulers.parallel())
                            .map(size -> size + query(i).size()))
                    .collectList()
                    .block();
            assertThat(rows).hasSize(20);
            assertThat(RequestScope.current()).isSameAs(request);
            assertThat(request.queries()).isEqualTo(40);
            assertThat(request.findings()).isNotEmpty().allSatisfy(found -> {
                assertThat(found.kind()).isEqualTo(Finding.Kind.N_PLUS_ONE);
                assertThat(found.chain().toString()).contains("CarriedScopesTest.lambda$reactorPipeline");
            });
        }
        List<Boolean> bound = Flux.range(0, 16)
                .flatMap(i -> Mono.fromCallable(() -> RequestScope.current() != null)
                        .subscribeOn(i % 2 == 0 ? Schedulers.boundedElastic() : Schedulers.parallel()))
                .collectList()
                .block();
        assertThat(bound).hasSize(16).containsOnly(false);
    }

    @Test
    void reactorPipeline_thatFails_leavesNoScopeBehind() {
        try (RequestScope request = database.monitor.openScope("GET /owners")) {
            assertThatThrownBy(() -> Mono.fromCallable(() -> query(1))
                            .subscribeOn(Schedulers.boundedElastic())
                            .map(found -> {
                                throw new IllegalStateException("of the pipeline");
                            })
                            .block())
                    .hasMessageContaining("of the pipeline");
            assertThat(request.queries()).isEqualTo(1);
        }
        assertThat(Mono.fromCallable(() -> RequestScope.current() == null)
                        .subscribeOn(Schedulers.boundedElastic())
                        .block())
                .isTrue();
    }
}
