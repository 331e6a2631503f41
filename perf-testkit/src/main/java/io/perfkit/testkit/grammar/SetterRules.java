package io.perfkit.testkit.grammar;

import java.lang.reflect.AnnotatedType;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the methods of a builder do, found out by calling them: each answers the builder it was called on, and turns down
 * at once what it cannot honour.
 */
final class SetterRules {
    private static final String RULE = "setter";

    /** What no setter takes, by the type of its parameter. */
    private static final Map<Class<?>, List<Object>> BAD = Map.of(
            int.class, List.of(-7),
            long.class, List.of(-7L),
            double.class, List.of(Double.NaN, -7.0),
            Duration.class, List.of(Duration.ofSeconds(-7)));

    /** Whole numbers of which every setter takes one. */
    private static final List<Integer> NUMBERS = List.of(1, 1_000);

    private final Samples samples;
    private final Findings findings;

    SetterRules(Samples samples, Findings findings) {
        this.samples = samples;
        this.findings = findings;
    }

    void check(Class<?> settings) {
        if (!samples.has(settings)) {
            findings.add(RULE, settings, "cannot be tried: give sample(" + Findings.name(settings) + ".class, …)");
            return;
        }
        for (Method method : PublicTypes.instanceMethods(settings)) {
            if (method.getReturnType() == settings) {
                checkClock(method);
                tryOut(settings, method);
            } else if (method.getParameterCount() > 0 && !isOfObject(method)) {
                findings.add(
                        RULE,
                        method,
                        "must return the builder, but returns "
                                + method.getReturnType().getSimpleName());
            }
        }
    }

    private static boolean isOfObject(Method method) {
        return Arrays.stream(Object.class.getMethods())
                .anyMatch(of -> of.getName().equals(method.getName())
                        && Arrays.equals(of.getParameterTypes(), method.getParameterTypes()));
    }

    private void checkClock(Method setter) {
        if (setter.getParameterCount() != 1) {
            return;
        }
        Class<?> type = setter.getParameterTypes()[0];
        if (type == LongSupplier.class && !setter.getName().equals("ticker")) {
            findings.add(RULE, setter, "a source of nanoseconds is called ticker");
        }
        boolean isClock = type == Clock.class || type.getName().equals("java.time.InstantSource");
        if (isClock && !setter.getName().equals("clock")) {
            findings.add(RULE, setter, "a source of instants is called clock");
        }
        if (setter.getName().equals("ticker") && type != LongSupplier.class) {
            findings.add(RULE, setter, "a ticker is a LongSupplier of nanoseconds");
        }
        if (setter.getName().equals("clock") && !isClock) {
            findings.add(RULE, setter, "a clock is a java.time.Clock or InstantSource");
        }
    }

    private void tryOut(Class<?> settings, Method setter) {
        Class<?>[] types = setter.getParameterTypes();
        Object[] good = new Object[types.length];
        Object builder = samples.make(settings);
        Object answer = null;
        for (int number : NUMBERS) {
            for (int i = 0; i < types.length; i++) {
                good[i] = samples.good(types[i], number);
                if (good[i] == null) {
                    findings.add(
                            RULE, setter, "cannot be tried: give value(" + types[i].getSimpleName() + ".class, …)");
                    return;
                }
            }
            answer = call(builder, setter, good);
            if (!(answer instanceof Thrown)) {
                break;
            }
        }
        if (answer instanceof Thrown thrown) {
            findings.add(RULE, setter, "cannot be tried with " + Arrays.toString(good) + ": " + thrown.what);
            return;
        }
        if (answer != builder) {
            findings.add(RULE, setter, "must return the builder it was called on: a result that is not kept is lost");
        }
        for (int i = 0; i < types.length; i++) {
            for (Object bad : BAD.getOrDefault(types[i], List.of())) {
                tryBad(settings, setter, with(good, i, bad), bad);
            }
            if (!types[i].isPrimitive() && !mayBeNull(setter.getAnnotatedParameterTypes()[i])) {
                tryNull(settings, setter, with(good, i, null));
            }
        }
    }

    private static boolean mayBeNull(AnnotatedType type) {
        return Arrays.stream(type.getAnnotations())
                .anyMatch(annotation ->
                        annotation.annotationType().getSimpleName().equals("Nullable"));
    }

    private static @Nullable Object[] with(Object[] good, int index, @Nullable Object value) {
        @Nullable Object[] changed = good.clone();
        changed[index] = value;
        return changed;
    }

    private void tryBad(Class<?> settings, Method setter, @Nullable Object[] arguments, Object bad) {
        Object answer = call(samples.make(settings), setter, arguments);
        if (!(answer instanceof Thrown thrown)) {
            findings.add(RULE, setter, "must reject " + bad + " at once");
            return;
        }
        String message = String.valueOf(thrown.what.getMessage());
        if (!(thrown.what instanceof IllegalArgumentException)) {
            findings.add(
                    RULE, setter, "must reject " + bad + " with IllegalArgumentException, but threw " + thrown.what);
        } else if (!message.contains(setter.getName()) || !message.contains(String.valueOf(bad))) {
            findings.add(RULE, setter, "must name itself and the value " + bad + ", but said: " + message);
        }
    }

    private void tryNull(Class<?> settings, Method setter, @Nullable Object[] arguments) {
        Object answer = call(samples.make(settings), setter, arguments);
        boolean isRejected = answer instanceof Thrown thrown
                && (thrown.what instanceof NullPointerException || thrown.what instanceof IllegalArgumentException);
        if (!isRejected) {
            findings.add(RULE, setter, "must reject null at once");
        }
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object[] arguments) {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            return new Thrown(e.getTargetException());
        } catch (IllegalAccessException e) {
            throw new AssertionError("The types of an artifact must be callable", e);
        }
    }

    private record Thrown(Throwable what) {}
}
