package io.perfkit.cache.json;

import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Whether a value and what was read back from its bytes are the same to everybody who uses them. Not
 * {@link Object#equals}: that of an application's class may look at an id only, that of a map knows no comparator, and
 * that of a list forgives elements whose {@code equals} does.
 *
 * <p>Objects of the application's classes are the same if they are of the same class and all their fields are the same,
 * apart from transient ones. Objects of the JDK's are if they are of the same class and equal. Lists, sets and maps may
 * be of other classes of the JDK than before ({@code List.of} comes back as an {@code ArrayList}), with the same
 * elements in the same order, if they had any, and the same comparator.
 */
final class SameValue {

    private static final ClassValue<Field[]> FIELDS = new ClassValue<>() {
        @Override
        protected Field[] computeValue(Class<?> type) {
            List<Field> fields = new ArrayList<>();
            for (Class<?> c = type; c != null && !isOfTheJdk(c); c = c.getSuperclass()) {
                for (Field field : c.getDeclaredFields()) {
                    if ((field.getModifiers() & (Modifier.STATIC | Modifier.TRANSIENT)) == 0 && !field.isSynthetic()) {
                        fields.add(field);
                    }
                }
            }
            Field[] result = fields.toArray(Field[]::new);
            AccessibleObject.setAccessible(result, true);
            return result;
        }
    };

    /** The pairs that are being compared further up: values may lead back to themselves. */
    private final IdentityHashMap<Object, Object> open = new IdentityHashMap<>();

    private SameValue() {}

    /** Where they differ and how, or null if they are the same. */
    static @Nullable String difference(Object put, Object read) {
        return new SameValue().compare(put, read, "the value");
    }

    private @Nullable String compare(@Nullable Object put, @Nullable Object read, String path) {
        if (put == read) {
            return null;
        }
        if (put == null || read == null) {
            return differs(path, put, read);
        }
        if (put instanceof List<?> list && read instanceof List<?> other && isOfTheJdkOrSame(put, read)) {
            return inOrder(list, other, path);
        }
        if (put instanceof Set<?> set && read instanceof Set<?> other && isOfTheJdkOrSame(put, read)) {
            return sets(set, other, path);
        }
        if (put instanceof Map<?, ?> map && read instanceof Map<?, ?> other && isOfTheJdkOrSame(put, read)) {
            return maps(map, other, path);
        }
        if (put.getClass() != read.getClass()) {
            return path + " is a " + put.getClass().getTypeName() + " and would come back as a "
                    + read.getClass().getTypeName();
        }
        if (put.getClass().isArray()) {
            return arrays(put, read, path);
        }
        if (put instanceof Optional<?> optional) {
            return compare(optional.orElse(null), ((Optional<?>) read).orElse(null), path);
        }
        if (put instanceof AtomicReference<?> reference) {
            return compare(reference.get(), ((AtomicReference<?>) read).get(), path);
        }
        if (put instanceof Collection<?> collection) {
            return put instanceof PriorityQueue<?> queue
                            && !Objects.equals(queue.comparator(), ((PriorityQueue<?>) read).comparator())
                    ? path + " would lose its comparator"
                    : inOrder(collection, (Collection<?>) read, path);
        }
        return isOfTheJdk(put.getClass()) || put instanceof Enum
                ? isSamePlainValue(put, read) ? null : differs(path, put, read)
                : fields(put, read, path);
    }

    private static boolean isSamePlainValue(Object put, Object read) {
        if (put instanceof URL url) {
            // Its equals asks the name service.
            return url.toExternalForm().equals(((URL) read).toExternalForm());
        }
        if (put instanceof Pattern pattern) {
            return pattern.pattern().equals(((Pattern) read).pattern()) && pattern.flags() == ((Pattern) read).flags();
        }
        if (put instanceof AtomicLong
                || put instanceof AtomicInteger
                || put instanceof AtomicBoolean
                || put instanceof StringBuilder
                || put instanceof StringBuffer) {
            return put.toString().contentEquals(read.toString());
        }
        return put.equals(read);
    }

    private @Nullable String fields(Object put, Object read, String path) {
        if (open.put(put, read) == read) {
            return null;
        }
        try {
            for (Field field : FIELDS.get(put.getClass())) {
                String difference = compare(field.get(put), field.get(read), path + "." + field.getName());
                if (difference != null) {
                    return difference;
                }
            }
            // A part that the JDK keeps cannot be looked at.
            Class<?> top = put.getClass();
            while (!isOfTheJdk(top)) {
                top = top.getSuperclass();
            }
            return top == Object.class || top == Record.class || put.equals(read) ? null : differs(path, put, read);
        } catch (IllegalAccessException | InaccessibleObjectException e) {
            return put.equals(read) ? null : differs(path, put, read);
        } finally {
            open.remove(put);
        }
    }

    private @Nullable String inOrder(Collection<?> put, Collection<?> read, String path) {
        if (put.size() != read.size()) {
            return path + " has " + put.size() + " elements and would come back with " + read.size();
        }
        if (open.put(put, read) == read) {
            return null;
        }
        Iterator<?> others = read.iterator();
        int i = 0;
        for (Object element : put) {
            String difference = compare(element, others.next(), path + "[" + i++ + "]");
            if (difference != null) {
                return difference;
            }
        }
        leave(put);
        return null;
    }

    private void leave(Object put) {
        open.remove(put);
    }

    private @Nullable String sets(Set<?> put, Set<?> read, String path) {
        Comparator<?> comparator = put instanceof SortedSet<?> sorted ? sorted.comparator() : null;
        if (!Objects.equals(comparator, read instanceof SortedSet<?> sorted ? sorted.comparator() : null)) {
            return path + " would lose its comparator";
        }
        if (read instanceof LinkedHashSet || read instanceof SortedSet) {
            return inOrder(put, read, path);
        }
        return !(put instanceof LinkedHashSet) && put.equals(read) ? null : differs(path, put, read);
    }

    private @Nullable String maps(Map<?, ?> put, Map<?, ?> read, String path) {
        Comparator<?> comparator = put instanceof SortedMap<?, ?> sorted ? sorted.comparator() : null;
        if (!Objects.equals(comparator, read instanceof SortedMap<?, ?> sorted ? sorted.comparator() : null)) {
            return path + " would lose its comparator";
        }
        if (put instanceof IdentityHashMap != read instanceof IdentityHashMap) {
            return path + " would no longer compare its keys by identity";
        }
        if (put instanceof Properties properties
                && !properties.stringPropertyNames().equals(((Properties) read).stringPropertyNames())) {
            return path + " would lose its defaults";
        }
        if (put.size() != read.size()) {
            return path + " has " + put.size() + " keys and would come back with " + read.size();
        }
        if (open.put(put, read) == read) {
            return null;
        }
        String difference = read instanceof LinkedHashMap || read instanceof SortedMap
                ? entriesInOrder(put, read, path)
                : entries(put, read, path);
        leave(put);
        return difference;
    }

    private @Nullable String entriesInOrder(Map<?, ?> put, Map<?, ?> read, String path) {
        Iterator<? extends Map.Entry<?, ?>> others = read.entrySet().iterator();
        for (Map.Entry<?, ?> entry : put.entrySet()) {
            Map.Entry<?, ?> other = others.next();
            String difference = compare(entry.getKey(), other.getKey(), path + ".keySet()");
            if (difference == null) {
                difference = compare(entry.getValue(), other.getValue(), path + "[" + entry.getKey() + "]");
            }
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private @Nullable String entries(Map<?, ?> put, Map<?, ?> read, String path) {
        if (put instanceof LinkedHashMap) {
            return path + " would lose its order";
        }
        for (Map.Entry<?, ?> entry : put.entrySet()) {
            if (!read.containsKey(entry.getKey())) {
                return path + " would come back without its key " + entry.getKey();
            }
            String difference = compare(entry.getValue(), read.get(entry.getKey()), path + "[" + entry.getKey() + "]");
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    private @Nullable String arrays(Object put, Object read, String path) {
        if (!(put instanceof Object[] objects)) {
            return Objects.deepEquals(put, read) ? null : path + " would come back with other elements";
        }
        int length = objects.length;
        if (length != Array.getLength(read)) {
            return path + " has " + length + " elements and would come back with " + Array.getLength(read);
        }
        for (int i = 0; i < length; i++) {
            String difference = compare(objects[i], ((Object[]) read)[i], path + "[" + i + "]");
            if (difference != null) {
                return difference;
            }
        }
        return null;
    }

    /** A collection of the application's own may be more than its elements. */
    private static boolean isOfTheJdkOrSame(Object put, Object read) {
        return isOfTheJdk(read.getClass()) || put.getClass() == read.getClass();
    }

    static boolean isOfTheJdk(Class<?> type) {
        String module = type.getModule().getName();
        return type.isPrimitive() || (module != null && (module.startsWith("java.") || module.startsWith("jdk.")));
    }

    /** The values themselves are not told: they would end up in a log. */
    private static String differs(String path, @Nullable Object put, @Nullable Object read) {
        if (put == null || read == null) {
            return path + (put == null ? " is null and would come back as something" : " would come back as null");
        }
        return path + ", a " + put.getClass().getTypeName() + ", would come back as another one";
    }
}
