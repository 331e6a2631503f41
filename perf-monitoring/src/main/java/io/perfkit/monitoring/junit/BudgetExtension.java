package io.perfkit.monitoring.junit;

import io.perfkit.monitoring.RequestScope;
import java.lang.annotation.Annotation;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.ReflectionSupport;

/** Holds test methods to {@link MaxQueries}, {@link NoNPlusOne} and {@link MaxDuration}, each of which brings it along. */
public final class BudgetExtension implements InvocationInterceptor {

    /** Made by JUnit. */
    public BudgetExtension() {}

    @Override
    public void interceptTestMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        hold(invocation, method, context);
    }

    @Override
    public void interceptTestTemplateMethod(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        hold(invocation, method, context);
    }

    private static void hold(
            Invocation<@Nullable Void> invocation, ReflectiveInvocationContext<Method> method, ExtensionContext context)
            throws Throwable {
        MaxQueries most = find(MaxQueries.class, method);
        NoNPlusOne loops = find(NoNPlusOne.class, method);
        MaxDuration duration = find(MaxDuration.class, method);
        if (most != null && most.value() < 0) {
            throw new IllegalArgumentException("value of @MaxQueries must be at least 0, but was " + most.value());
        }
        if (loops != null && loops.from() < 3) {
            throw new IllegalArgumentException("from of @NoNPlusOne must be at least 3, but was " + loops.from());
        }
        long start = System.nanoTime();
        QueryCount count;
        try (RequestScope scope = RequestScope.openOfAllMonitors()) {
            invocation.proceed();
            count = QueryCount.of(scope);
        }
        long first = System.nanoTime() - start;
        if (most != null) {
            count.requireAtMost(most.value());
        }
        if (loops != null) {
            count.requireNoNPlusOne(loops.from());
        }
        if (duration != null) {
            repeat(duration, method, context.getRequiredTestInstance(), first);
        }
    }

    private static <A extends Annotation> @Nullable A find(Class<A> type, ReflectiveInvocationContext<Method> method) {
        return AnnotationSupport.findAnnotation(method.getExecutable(), type)
                .or(() -> AnnotationSupport.findAnnotation(method.getTargetClass(), type))
                .orElse(null);
    }

    private static void repeat(
            MaxDuration budget, ReflectiveInvocationContext<Method> method, Object instance, long firstNanos) {
        if (budget.runs() < 1 || budget.warmUp() < 0) {
            throw new IllegalArgumentException(
                    "runs of @MaxDuration must be at least 1 and warmUp at least 0, but were " + budget.runs() + " and "
                            + budget.warmUp());
        }
        if (budget.p95().isEmpty() && budget.median().isEmpty()) {
            throw new IllegalArgumentException(
                    "@MaxDuration has neither p95 nor median; set one, such as p95 = \"200ms\"");
        }
        Object[] arguments = method.getArguments().toArray();
        long[] nanos = new long[budget.runs()];
        for (int run = -budget.warmUp(); run < budget.runs(); run++) {
            long took;
            if (run == -budget.warmUp()) {
                took = firstNanos;
            } else {
                long start = System.nanoTime();
                ReflectionSupport.invokeMethod(method.getExecutable(), instance, arguments);
                took = System.nanoTime() - start;
            }
            if (run >= 0) {
                nanos[run] = took;
            }
        }
        Arrays.sort(nanos);
        require("p95", budget.p95(), nanos, 0.95);
        require("median", budget.median(), nanos, 0.5);
    }

    private static void require(String name, String text, long[] sorted, double share) {
        if (text.isEmpty()) {
            return;
        }
        Duration limit = duration(name, text);
        long nanos = sorted[(int) Math.max(0, Math.ceil(sorted.length * share) - 1)];
        if (nanos > limit.toNanos()) {
            throw new AssertionError(String.format(
                    Locale.ROOT,
                    "Expected a %s of at most %s over %d runs, but it was %.3f ms (shortest %.3f ms, longest %.3f ms)",
                    name,
                    text,
                    sorted.length,
                    nanos / 1e6,
                    sorted[0] / 1e6,
                    sorted[sorted.length - 1] / 1e6));
        }
    }

    private static Duration duration(String name, String text) {
        try {
            String iso = text.endsWith("ms")
                    ? "PT" + Long.parseLong(text.substring(0, text.length() - 2)) / 1e3 + "S"
                    : text.matches("\\d+[smh]") ? "PT" + text : text;
            return Duration.parse(iso);
        } catch (DateTimeParseException | NumberFormatException bad) {
            throw new IllegalArgumentException(
                    name + " of @MaxDuration must be a duration such as 200ms, 2s or PT0.5S, but was '" + text + "'",
                    bad);
        }
    }
}
