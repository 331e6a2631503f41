package io.perfkit.testkit.grammar;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Observers: one interface with default methods, added by listener(…), any number. */
final class ListenerRules {
    private static final String RULE = "listener";

    private final Samples samples;
    private final Findings findings;

    ListenerRules(Samples samples, Findings findings) {
        this.samples = samples;
        this.findings = findings;
    }

    void checkInterface(Class<?> type) {
        if (!type.getSimpleName().endsWith("Listener")) {
            return;
        }
        if (!type.isInterface()) {
            findings.add(RULE, type, "must be an interface");
            return;
        }
        for (Method method : PublicTypes.instanceMethods(type)) {
            if (!method.isDefault()) {
                findings.add(RULE, method, "must be a default method, so that one implements what is of interest");
            }
        }
    }

    void checkSettings(Class<?> settings) {
        for (Method method : PublicTypes.instanceMethods(settings)) {
            if (method.getReturnType() != settings || method.getParameterCount() != 1) {
                continue;
            }
            Class<?> parameter = method.getParameterTypes()[0];
            boolean isListener = parameter.getSimpleName().endsWith("Listener");
            if (method.getName().matches("on[A-Z].*") && parameter.getName().startsWith("java.util.function.")) {
                findings.add(RULE, method, "must be a method of an interface XListener, added by listener(…)");
            }
            if (isListener && !method.getName().equals("listener")) {
                findings.add(RULE, method, "must be called listener");
            }
            if (isListener && parameter.isInterface() && samples.has(settings)) {
                addTwo(settings, method, parameter);
            }
        }
    }

    private void addTwo(Class<?> settings, Method method, Class<?> parameter) {
        Object builder = samples.make(settings);
        Object first = Samples.standIn(parameter);
        Object second = Samples.standIn(parameter);
        try {
            method.invoke(builder, first);
            method.invoke(builder, second);
        } catch (InvocationTargetException e) {
            findings.add(RULE, method, "must take a listener, but threw " + e.getCause());
            return;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
        if (!holds(builder, first) || !holds(builder, second)) {
            findings.add(RULE, method, "must add: of two listeners one is lost");
        }
    }

    /** Whether an object is held in a field of the builder, directly or in a collection. */
    private static boolean holds(Object builder, Object wanted) {
        Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Object> open = new ArrayDeque<>();
        for (Field field : builder.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            push(open, value(field, builder));
        }
        while (!open.isEmpty()) {
            Object next = open.pop();
            if (next == wanted) {
                return true;
            }
            if (next instanceof Iterable<?> many && seen.add(next)) {
                many.forEach(each -> push(open, each));
            }
        }
        return false;
    }

    private static void push(Deque<Object> open, @Nullable Object value) {
        if (value != null) {
            open.push(value);
        }
    }

    private static @Nullable Object value(Field field, Object owner) {
        try {
            return field.get(owner);
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
