package io.perfkit.testkit.grammar;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;

/** How things end: close() is idempotent and throws nothing checked, close(Duration) reports. */
final class EndRules {
    private static final String RULE = "close";

    private EndRules() {}

    static void check(Class<?> type, Samples samples, Findings findings) {
        if (!AutoCloseable.class.isAssignableFrom(type)) {
            return;
        }
        for (Method method : PublicTypes.instanceMethods(type)) {
            if (method.getName().equals("close")) {
                checkSignature(method, findings);
            }
        }
        if (type.isInterface() || Modifier.isAbstract(type.getModifiers())) {
            return;
        }
        if (!samples.has(type)) {
            findings.add(RULE, type, "cannot be tried: give sample(" + type.getSimpleName() + ".class, …)");
            return;
        }
        tryOut(type, samples, findings);
    }

    private static void checkSignature(Method close, Findings findings) {
        for (Class<?> thrown : close.getExceptionTypes()) {
            if (!RuntimeException.class.isAssignableFrom(thrown)) {
                findings.add(RULE, close, "must not throw " + thrown.getSimpleName());
            }
        }
        Class<?>[] parameters = close.getParameterTypes();
        if (parameters.length == 1 && parameters[0] == Duration.class) {
            Class<?> report = close.getReturnType();
            if (!report.isRecord() || !report.getSimpleName().endsWith("Report")) {
                findings.add(RULE, close, "close(Duration) must return a record named XReport");
            }
        }
    }

    private static void tryOut(Class<?> type, Samples samples, Findings findings) {
        AutoCloseable sample = (AutoCloseable) samples.make(type);
        try {
            Method within = type.getMethod("close", Duration.class);
            try {
                within.invoke(sample, Duration.ofSeconds(-1));
                findings.add(RULE, within, "must reject a negative time");
            } catch (InvocationTargetException e) {
                if (!(e.getCause() instanceof IllegalArgumentException)) {
                    findings.add(RULE, within, "must reject a negative time, but threw " + e.getCause());
                }
            }
        } catch (NoSuchMethodException hasNone) {
            // Only what can wait for work that is under way has one.
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        try {
            sample.close();
            sample.close();
        } catch (Exception e) {
            findings.add(RULE, type, "close() must do nothing when called again, but threw " + e);
        }
    }
}
