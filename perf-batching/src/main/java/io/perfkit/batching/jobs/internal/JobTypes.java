package io.perfkit.batching.jobs.internal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The types of payloads that a queue knows. A type has a name and a version of its own, so that what is stored does not
 * depend on how a class is called. Not thread-safe until it is no longer changed.
 *
 * @param <H> the handlers
 */
public final class JobTypes<H> {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,60}");

    /**
     * One type.
     *
     * @param name what it is called where jobs are stored
     * @param version of the payload's form
     * @param type the class of its payloads
     * @param handler null in a process that only submits
     */
    public record Entry<H>(
            String name,
            int version,
            Class<?> type,
            @Nullable H handler) {
        /** Both in one text. */
        public String label() {
            return name + "/" + version;
        }
    }

    private final Map<String, Entry<H>> byLabel = new LinkedHashMap<>();
    private final Map<Class<?>, Entry<H>> byClass = new LinkedHashMap<>();

    /** No types. */
    public JobTypes() {}

    /** The same types in an object of their own. */
    public JobTypes<H> copy() {
        JobTypes<H> copy = new JobTypes<>();
        copy.byLabel.putAll(byLabel);
        copy.byClass.putAll(byClass);
        return copy;
    }

    /** Checks the name of a queue. */
    public static String queueName(String name) {
        return checked("name", name);
    }

    private static String checked(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(what
                    + " must have 1 to 60 letters, digits, dots, hyphens or underscores, but was \"" + name + "\"");
        }
        return name;
    }

    /** Adds a type under the simple name of its class, in version 1. */
    public void add(Class<?> type, @Nullable H handler) {
        if (!NAME.matcher(type.getSimpleName()).matches()) {
            throw new IllegalArgumentException(
                    type + " has no simple name to go by; give the type a name and a version");
        }
        add(type.getSimpleName(), 1, type, handler);
    }

    /** Adds a type. */
    public void add(String name, int version, Class<?> type, @Nullable H handler) {
        if (version < 1) {
            throw new IllegalArgumentException("the version of a " + (handler == null ? "type" : "handler")
                    + " must be at least 1, but was " + version);
        }
        if (type.isPrimitive()) {
            throw new IllegalArgumentException("type must be a class of objects, but was " + type);
        }
        Entry<H> entry = new Entry<>(checked("type name", name), version, type, handler);
        if (byLabel.containsKey(entry.label())) {
            throw new IllegalArgumentException("type " + entry.label() + " is registered already, for "
                    + byLabel.get(entry.label()).type().getName());
        }
        if (byClass.containsKey(type)) {
            throw new IllegalArgumentException(type.getName() + " is registered already, as "
                    + byClass.get(type).label());
        }
        byLabel.put(entry.label(), entry);
        byClass.put(type, entry);
    }

    /** The type of a payload. */
    public Entry<H> of(Object payload, String queue) {
        Entry<H> entry = byClass.get(payload.getClass());
        for (Class<?> type = payload.getClass().getSuperclass(); entry == null && type != null; ) {
            // An enum's constant with a body, or a payload that some library has made a subclass of.
            entry = byClass.get(type);
            type = type.getSuperclass();
        }
        if (entry == null) {
            throw new IllegalArgumentException("payload is a "
                    + payload.getClass().getName() + ", which queue " + queue + " does not know; it knows " + labels()
                    + ". Register the type with handler(…) or type(…)");
        }
        return entry;
    }

    /** All types. */
    public Collection<Entry<H>> all() {
        return byLabel.values();
    }

    private List<String> labels() {
        return new ArrayList<>(byLabel.keySet());
    }
}
