package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The class of the object behind a proxy, whose methods may have the annotations instead of the interface's.
 *
 * <p>A method of the class belongs to one of the interface if it has its name and its parameters, with the type
 * parameters of both filled in. Bridges are passed over, to what they lead to. A method that overrides another one and
 * has no annotation of its own has that one's: libraries that make a subclass at run time override every method, and
 * copy no annotations.
 */
final class TargetClass {

    /** Spring's proxies have it. It is found by its name: there is no dependency on Spring. */
    private static final String TELLS_ITS_TARGET = "org.springframework.aop.TargetClassAware";

    private final Class<?> type;
    private final Map<TypeVariable<?>, ResolvedType> bindings;

    private TargetClass(Class<?> type) {
        this.type = type;
        this.bindings = ResolvedType.bindings(ResolvedType.ofClass(type));
    }

    /** The class of an object, or that of the object which a proxy of Spring stands before. */
    static TargetClass of(Object target) {
        Class<?> aware = interfaceOf(target.getClass());
        Object behind = null;
        if (aware != null) {
            try {
                behind = aware.getMethod("getTargetClass").invoke(target);
            } catch (NoSuchMethodException | IllegalAccessException e) {
                throw new CacheException(aware.getName() + " has another form than it had in Spring 7", e);
            } catch (InvocationTargetException e) {
                throw new CacheException(
                        "The class behind the proxy " + target.getClass().getName() + " is not known", e.getCause());
            }
        }
        return new TargetClass(behind instanceof Class<?> known ? known : target.getClass());
    }

    /** A class by itself, of which there may be no object yet. */
    static TargetClass ofType(Class<?> type) {
        return new TargetClass(type);
    }

    private static @Nullable Class<?> interfaceOf(@Nullable Class<?> type) {
        if (type == null || type.getName().equals(TELLS_ITS_TARGET)) {
            return type;
        }
        for (Class<?> each : type.getInterfaces()) {
            Class<?> found = interfaceOf(each);
            if (found != null) {
                return found;
            }
        }
        return interfaceOf(type.getSuperclass());
    }

    /** What the type parameters of the class and of its super-types are. */
    Map<TypeVariable<?>, ResolvedType> bindings() {
        return bindings;
    }

    /** The annotated method of the class that is called by a method of an interface; null if there is none. */
    @Nullable
    Method annotated(Method called) {
        List<Method> all = implementations(called);
        return all.stream()
                .filter(each -> Marks.of(each).isOnMethod())
                .findFirst()
                .or(() -> all.stream().filter(each -> !Marks.of(each).isEmpty()).findFirst())
                .orElse(null);
    }

    boolean isCached(Method called) {
        Method annotated = annotated(called);
        return annotated != null && annotated.isAnnotationPresent(Cached.class);
    }

    /** Whether the method says, or its class, that it changes nothing that is cached. */
    boolean keepsCached(Method called) {
        return implementations(called).stream()
                .anyMatch(each -> each.isAnnotationPresent(KeepsCached.class)
                        || each.getDeclaringClass().isAnnotationPresent(KeepsCached.class));
    }

    /** The method of the class that is called by a method of an interface, and what it overrides. */
    private List<Method> implementations(Method called) {
        List<Method> all = new ArrayList<>();
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Method each : declared(c)) {
                if (isInstance(each) && implementsMethod(each, called)) {
                    all.add(each);
                }
            }
        }
        return all;
    }

    /** Refuses annotations on methods that no call through a proxy reaches. */
    void checkPlaces() {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Method each : declared(c)) {
                if (each.isBridge() || !Marks.of(each).isOnMethod()) {
                    continue;
                }
                if (!isInstance(each)) {
                    throw new AnnotatedMethod(c, each)
                            .error("is annotated, but static or private methods do not come through a proxy. Move the "
                                    + "annotation to a method that does");
                }
                if (!isOfAnInterface(each, type)) {
                    throw new AnnotatedMethod(c, each)
                            .error("is annotated, but no interface of the class has it, so that it does not come "
                                    + "through a proxy. Declare it in the interface, or leave the annotation out");
                }
            }
        }
    }

    private boolean isOfAnInterface(Method method, @Nullable Class<?> owner) {
        if (owner == null) {
            return false;
        }
        for (Class<?> each : owner.getInterfaces()) {
            if (Arrays.stream(each.getMethods()).anyMatch(called -> implementsMethod(method, called))) {
                return true;
            }
        }
        return isOfAnInterface(method, owner.getSuperclass());
    }

    private static boolean isInstance(Method method) {
        int modifiers = method.getModifiers();
        return Modifier.isPublic(modifiers) && !Modifier.isStatic(modifiers) && !method.isBridge();
    }

    /** Whether a method of this type is what a call of another one leads to. */
    boolean implementsMethod(Method method, Method called) {
        Type[] own = method.getGenericParameterTypes();
        Type[] wanted = called.getGenericParameterTypes();
        if (!method.getName().equals(called.getName()) || own.length != wanted.length) {
            return false;
        }
        for (int i = 0; i < own.length; i++) {
            if (raw(own[i]) != raw(wanted[i])) {
                return false;
            }
        }
        return true;
    }

    /** Not boxed: a {@code long} and a {@code Long} are two overloads. */
    private Class<?> raw(Type parameter) {
        return parameter instanceof Class<?> plain
                ? plain
                : ResolvedType.of(parameter, bindings).raw();
    }

    /** All methods of a class; of one that mentions types which are not there, the public ones. */
    static Method[] declared(Class<?> type) {
        try {
            return type.getDeclaredMethods();
        } catch (NoClassDefFoundError absent) {
            return Arrays.stream(type.getMethods())
                    .filter(each -> each.getDeclaringClass() == type)
                    .toArray(Method[]::new);
        }
    }
}
