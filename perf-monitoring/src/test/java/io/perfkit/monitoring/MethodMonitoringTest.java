package io.perfkit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MethodMonitoringTest {
    private final AtomicLong now = new AtomicLong();
    private final List<Alert> alerts = new ArrayList<>();
    private final PerformanceMonitor monitor = PerformanceMonitor.builder(new SimpleMeterRegistry())
            .ticker(now::get)
            .listener(PerformanceMonitorTest.adding(alerts))
            .build();

    interface Searches {
        @Monitored("owner.search")
        String search(String text);

        default String plain() {
            return "plain";
        }
    }

    static class Owners implements Searches {
        @Override
        public String search(String text) {
            return text;
        }

        @Monitored(slowAfter = "1s")
        public String find(long id) {
            return "owner " + id;
        }

        public FutureTask<String> task() {
            return new FutureTask<>(() -> "done");
        }

        @Monitored
        public Future<String> future(FutureTask<String> task) {
            return task;
        }

        @Monitored
        public CompletableFuture<String> stage(CompletableFuture<String> stage) {
            return stage;
        }
    }

    @Monitored("visits")
    static class Visits {
        public void book() {}

        @Monitored("cancellation")
        public void cancel() {}
    }

    static class SpecialVisits extends Visits {
        @Override
        public void book() {}
    }

    static class Wrong {
        @Monitored(slowAfter = "soon")
        public void find() {}
    }

    private final MethodMonitoring owners = MethodMonitoring.of(Owners.class, monitor);

    private static Method method(Class<?> type, String name) {
        return Arrays.stream(type.getMethods())
                .filter(each -> each.getName().equals(name) && !each.isBridge())
                .findFirst()
                .orElseThrow();
    }

    private List<String> timed() {
        return monitor.calls().stream()
                .map(each -> each.name() + " " + each.count())
                .sorted()
                .toList();
    }

    @Test
    void annotatedMethod_ofAClassOrItsInterface_isTimed_othersAreNot() throws Throwable {
        assertThat(owners.invoke(method(Owners.class, "find"), () -> "owner 1")).isEqualTo("owner 1");
        assertThat(owners.invoke(method(Owners.class, "search"), () -> "a")).isEqualTo("a");
        assertThat(owners.invoke(method(Searches.class, "search"), () -> "b")).isEqualTo("b");
        assertThat(owners.invoke(method(Searches.class, "plain"), () -> "plain"))
                .isEqualTo("plain");
        assertThat(owners.invoke(Object.class.getMethod("toString"), () -> "text"))
                .isEqualTo("text");
        assertThat(timed()).contains("Owners.find 1", "owner.search 2");
        assertThat(timed().toString()).doesNotContain("plain", "toString");
    }

    @Test
    void annotatedType_timesAllMethods_theMethodsOwnAnnotationBefore() throws Throwable {
        MethodMonitoring visits = MethodMonitoring.of(SpecialVisits.class, monitor);
        visits.invoke(method(SpecialVisits.class, "book"), () -> null);
        visits.invoke(method(SpecialVisits.class, "cancel"), () -> null);
        visits.invoke(Object.class.getMethod("hashCode"), () -> 1);
        assertThat(timed()).contains("visits.book 1", "cancellation 1").doesNotContain("visits.hashCode 1");
    }

    @Test
    void failure_isTheCallersOwn_andCountsAsOne() {
        IOException failure = new IOException("disk");
        assertThatThrownBy(() -> owners.invoke(method(Owners.class, "find"), () -> {
                    throw failure;
                }))
                .isSameAs(failure);
        assertThat(monitor.calls())
                .filteredOn(each -> each.name().equals("Owners.find"))
                .singleElement()
                .extracting(TimingStats::errors)
                .isEqualTo(1L);
    }

    @Test
    void slowCall_raisesAnAlert() throws Throwable {
        owners.invoke(method(Owners.class, "find"), () -> now.addAndGet(TimeUnit.SECONDS.toNanos(2)));
        assertThat(alerts).extracting(Alert::kind).containsExactly(Alert.Kind.SLOW_CALL);
    }

    @Test
    void futures_areTimedToTheirEnd_andStayOfTheirType() throws Throwable {
        CompletableFuture<String> stage = new CompletableFuture<>();
        assertThat(owners.invoke(method(Owners.class, "stage"), () -> stage)).isSameAs(stage);
        FutureTask<String> task = new FutureTask<>(() -> "done");
        Object future = owners.invoke(method(Owners.class, "future"), () -> task);
        assertThat(timed()).doesNotContain("Owners.stage 1", "Owners.future 1");
        stage.complete("done");
        task.run();
        assertThat(((Future<?>) future).get()).isEqualTo("done");
        assertThat(timed()).contains("Owners.stage 1", "Owners.future 1");
        assertThat(owners.invoke(method(Owners.class, "task"), () -> task)).isSameAs(task);
    }

    @Test
    void types_areAnnotated_byThemselvesTheirMethodsOrTheirSuperTypes() throws Exception {
        assertThat(MethodMonitoring.isAnnotated(Owners.class)).isTrue();
        assertThat(MethodMonitoring.isAnnotated(SpecialVisits.class)).isTrue();
        assertThat(MethodMonitoring.isAnnotated(String.class)).isFalse();
        assertThat(MethodMonitoring.isAnnotated(Owners.class, method(Owners.class, "search")))
                .isTrue();
        assertThat(MethodMonitoring.isAnnotated(Owners.class, method(Owners.class, "task")))
                .isFalse();
        assertThat(MethodMonitoring.isAnnotated(SpecialVisits.class, Object.class.getMethod("toString")))
                .isFalse();
    }

    @Test
    void slowAfter_thatIsNoDuration_isRefusedWithTheMethod() {
        assertThatThrownBy(() -> MethodMonitoring.of(Wrong.class, monitor))
                .isInstanceOf(MonitoringException.class)
                .hasMessageContaining("Wrong.find")
                .hasMessageContaining("soon");
    }
}
