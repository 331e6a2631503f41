package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheLoadException;
import io.perfkit.cache.PerfCache;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Puts a cache around an object without touching its code: a proxy for one of its interfaces. The methods of the
 * interface, or those of the object's class, say by {@link Cached}, {@link Invalidates} and {@link Updates} what they do
 * to it. Methods without one of these go straight to the object.
 *
 * <p><b>What may be cached.</b> The value of a method is what it returns, what is in the {@code Optional} that it
 * returns, or what its {@code CompletionStage} or {@code CompletableFuture} completes with, which may be an
 * {@code Optional} too. The region has values of that type: an {@code Optional<Product>} is cached in a region of
 * {@code Product}. A stage is cached without holding a thread, and every caller gets one of its own. Collections and
 * arrays are values like any other; all callers share them, so treat them as immutable. With a {@link BulkKey}
 * parameter, a {@code Map} is taken apart.
 *
 * <p><b>Null.</b> A method that returns null, or an empty {@code Optional}, returns it through the proxy too; it is
 * cached if the region's policy has a {@code nullTtl}. If an argument that stands in a {@code key} is null, or something
 * on the path to it, the call goes past the cache. In a key that is made of all arguments, null is one like any other.
 *
 * <p><b>Exceptions</b> are those of the object, unchanged; nothing is cached then, and nothing invalidated. One that a
 * {@code CompletionStage} method throws instead of returning a stage is in the stage. A checked exception that the
 * interface does not declare comes wrapped: in {@link CacheLoadException} if the method is cached, else in
 * {@link java.lang.reflect.UndeclaredThrowableException}.
 *
 * <p><b>Which calls.</b> Those that come through the proxy. What the object calls on itself does not; a default method
 * of the interface that it does not override runs on the proxy, and what it calls does.
 *
 * <p><b>Where the annotations stand.</b> On the interface, in its most specific declaration of a method, or on the
 * object's class, in the method that implements it or else in the one that this overrides; type parameters of
 * super-types are followed. Annotations of parameters stand with those of their method. Both may have them if they are
 * the same. Of an object that is a proxy of Spring, the class behind it counts; of any other proxy that the JDK makes,
 * only the interface.
 *
 * <p><b>Methods without an annotation</b> that sound like changes ({@code save}, {@code deleteById}), inherited or not,
 * are logged as a warning when the proxy is made and others are {@code @Cached}: annotate them by overriding, or say
 * {@link KeepsCached}.
 *
 * <p>The region's policy applies: with a refresh in the background or a load timeout, a cached method may run on the
 * cache's executor, where a transaction or a security context of the caller's thread is not.
 *
 * <p>A call costs a look-up by method and the making of the key more than the same call of the region. The proxy is
 * thread-safe if the object is. It is equal to another one for the same interface, an equal object and the same cache.
 */
public final class CachingProxy {

    private CachingProxy() {}

    /**
     * Makes a proxy, and checks all annotations of the interface and of the object's class.
     *
     * @param type the interface; it need not be public
     * @param target the object that it stands before
     * @param cache has all regions that the annotations name
     * @param <T> the interface
     * @return the proxy
     * @throws CacheException if an annotation is wrong: the message names the interface or class, the method, the annotation, its
     *     value, and what to do; or if the target is a proxy with the same cache already, whose loads would ask for the
     *     keys that they are loading
     */
    public static <T> T of(Class<T> type, T target, PerfCache cache) {
        Objects.requireNonNull(target, "target");
        Objects.requireNonNull(cache, "cache");
        if (!type.isInterface() || type.isAnnotation() || type.isSealed()) {
            throw new CacheException("A proxy can only be made for an interface that is not sealed, but "
                    + type.getName() + " is none. Extract one from the class, with the methods that are cached");
        }
        checkTarget(type, target, cache);
        Handler handler = new Handler(type, target, cache, calls(type, target, cache));
        ClassLoader loader = type.getClassLoader();
        return type.cast(Proxy.newProxyInstance(
                loader == null ? CachingProxy.class.getClassLoader() : loader, new Class<?>[] {type}, handler));
    }

    /** Two caches in a row are two tiers; the same one twice is a mistake that only the first call would show. */
    private static void checkTarget(Class<?> type, Object target, PerfCache cache) {
        if (Proxy.isProxyClass(target.getClass())
                && Proxy.getInvocationHandler(target) instanceof Handler handler
                && handler.cache == cache) {
            throw new CacheException("The object that a proxy for " + type.getName() + " is to stand before is a "
                    + "CachingProxy for " + handler.type.getName() + " with cache '" + cache.name()
                    + "' already: each load would ask for the key that it is loading. Use that one, or pass the object "
                    + "behind it");
        }
    }

    private static Map<Method, Call> calls(Class<?> type, Object target, PerfCache cache) {
        TargetClass targetClass = TargetClass.of(behind(target));
        checkPlaces(type);
        targetClass.checkPlaces();
        checkAccess(type);
        Map<List<Object>, List<Method>> bySignature = new HashMap<>();
        for (Method method : type.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers()) && !method.isBridge()) {
                bySignature
                        .computeIfAbsent(signature(method), s -> new ArrayList<>())
                        .add(method);
            }
        }
        Map<Method, Call> calls = new HashMap<>();
        List<Method> unannotated = new ArrayList<>();
        boolean annotated = false;
        for (List<Method> same : bySignature.values()) {
            AnnotatedMethod method = annotated(type, same, targetClass);
            annotated |= method != null;
            if (method == null) {
                same.stream()
                        .filter(each -> !each.isDefault() || TargetMethod.isOverridden(each, target.getClass()))
                        .forEach(unannotated::add);
            }
            Call call = method == null
                    ? new TargetMethod(type, same.get(0), target)::invoke
                    : CallPlanner.of(method, new TargetMethod(type, method.method(), target), cache);
            same.forEach(each -> calls.put(each, call));
        }
        if (!annotated) {
            throw new CacheException(type.getName() + " has no method with @Cached, @Invalidates or @Updates, nor has "
                    + "the class behind it, so that a proxy would do nothing. Annotate the methods of the interface, or "
                    + "those of the class");
        }
        UnannotatedMethods.warn(type, targetClass, cache, unannotated);
        Stream.of(type.getMethods()).filter(Method::isBridge).forEach(bridge -> bridge(type, bridge, calls));
        return calls;
    }

    /** What another cache's proxy stands before, whose class may have the annotations. */
    private static Object behind(Object target) {
        Object behind = target;
        while (Proxy.isProxyClass(behind.getClass()) && Proxy.getInvocationHandler(behind) instanceof Handler handler) {
            behind = handler.target;
        }
        return behind;
    }

    /**
     * Where the annotations of a method stand, or null if it has none.
     *
     * @param same its declarations in the interface and what that extends
     */
    private static @Nullable AnnotatedMethod annotated(Class<?> type, List<Method> same, TargetClass target) {
        List<Method> marked =
                same.stream().filter(each -> Marks.of(each).isOnMethod()).toList();
        if (marked.size() > 1) {
            throw new AnnotatedMethod(type, marked.get(0))
                    .error("is annotated in two interfaces: "
                            + marked.stream()
                                    .map(m -> m.getDeclaringClass().getName())
                                    .sorted()
                                    .collect(Collectors.joining(", "))
                            + ". Declare it in " + type.getSimpleName() + " too, with the annotations that count");
        }
        Method inInterface = marked.isEmpty() ? same.get(0) : marked.get(0);
        Method inClass = target.annotated(inInterface);
        if (inClass != null) {
            checkAgreement(type, inInterface, inClass);
        }
        if (!marked.isEmpty()) {
            return new AnnotatedMethod(type, inInterface);
        }
        return inClass != null && Marks.of(inClass).isOnMethod()
                ? new AnnotatedMethod(type, inInterface, inClass, target)
                : null;
    }

    /** The same may be said twice; two things may not. */
    private static void checkAgreement(Class<?> type, Method inInterface, Method inClass) {
        Marks one = Marks.of(inInterface);
        Marks other = Marks.of(inClass);
        if (!one.isEmpty() && !one.equals(other)) {
            throw new AnnotatedMethod(type, inInterface)
                    .error("has " + one.names() + ", but "
                            + inClass.getDeclaringClass().getName() + "." + AnnotatedMethod.signature(inClass) + " has "
                            + other.names() + (one.names().equals(other.names()) ? " with other values" : "")
                            + ". Annotate one of the two, the method and its parameters, or both in the same way");
        }
    }

    private static List<Object> signature(Method method) {
        return List.of(method.getName(), List.of(method.getParameterTypes()));
    }

    /** A bridge has the parameter types of an overridden generic method, and means the one that overrides it. */
    private static void bridge(Class<?> type, Method bridge, Map<Method, Call> calls) {
        for (Method method : type.getMethods()) {
            if (!method.isBridge()
                    && method.getName().equals(bridge.getName())
                    && method.getDeclaringClass() == bridge.getDeclaringClass()
                    && accepts(bridge, method)) {
                calls.put(bridge, Objects.requireNonNull(calls.get(method)));
            }
        }
    }

    private static boolean accepts(Method bridge, Method method) {
        Class<?>[] wide = bridge.getParameterTypes();
        Class<?>[] narrow = method.getParameterTypes();
        boolean accepts =
                wide.length == narrow.length && bridge.getReturnType().isAssignableFrom(method.getReturnType());
        for (int i = 0; accepts && i < wide.length; i++) {
            accepts = wide[i].isAssignableFrom(narrow[i]);
        }
        return accepts;
    }

    /** Annotations where no proxy can see them would do nothing, silently. */
    private static void checkPlaces(Class<?> type) {
        for (Method method : type.getDeclaredMethods()) {
            int modifiers = method.getModifiers();
            if (Marks.of(method).isOnMethod() && (Modifier.isStatic(modifiers) || Modifier.isPrivate(modifiers))) {
                throw new AnnotatedMethod(type, method)
                        .error("is annotated, but static or private methods do not come through a proxy. Move the "
                                + "annotation to a method that does");
            }
        }
    }

    /** The proxy of a public interface lies in a package of its own, and may not name what is not public. */
    private static void checkAccess(Class<?> type) {
        if (!Modifier.isPublic(type.getModifiers())) {
            return;
        }
        for (Method method : type.getMethods()) {
            Class<?> returned = method.getReturnType();
            while (returned.isArray()) {
                returned = returned.getComponentType();
            }
            if (!Modifier.isStatic(method.getModifiers()) && !Modifier.isPublic(returned.getModifiers())) {
                throw new AnnotatedMethod(type, method)
                        .error("returns " + returned.getName() + ", which is not public, while the interface is: the "
                                + "virtual machine lets no proxy return it. Make both public, or neither");
            }
        }
    }

    private record Handler(Class<?> type, Object target, PerfCache cache, Map<Method, Call> calls)
            implements InvocationHandler {

        private static final Object[] NONE = {};

        @Override
        public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
            Call call = calls.get(method);
            if (call != null) {
                return call.invoke(proxy, arguments == null ? NONE : arguments);
            }
            return switch (method.getName()) {
                case "equals" -> arguments != null && isEqual(arguments[0]);
                case "hashCode" -> target.hashCode();
                default -> "CachingProxy[" + type.getSimpleName() + " of " + target + ", " + cache.name() + "]";
            };
        }

        private boolean isEqual(@Nullable Object other) {
            return other != null
                    && Proxy.isProxyClass(other.getClass())
                    && Proxy.getInvocationHandler(other) instanceof Handler handler
                    && handler.type == type
                    && handler.cache == cache
                    && handler.target.equals(target);
        }
    }
}
