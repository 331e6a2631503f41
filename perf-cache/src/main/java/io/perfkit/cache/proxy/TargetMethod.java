package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/**
 * A method of the object behind a proxy. A default method that the object does not override runs on the proxy, so that
 * what it calls is cached too. Throws what the method throws.
 */
final class TargetMethod implements Onward {

    private final Object target;
    private final Method method;
    /** Whether the method is a default one that the object does not override. */
    private final boolean inherits;
    /** Where another package's interface lets us call its default methods; else the JDK does, if it is public. */
    private final @Nullable MethodHandle inherited;

    TargetMethod(Class<?> type, Method method, Object target) {
        this.target = target;
        this.method = method;
        this.inherits = method.isDefault() && !isOverridden(method, target.getClass());
        this.inherited = inherits ? special(method) : null;
        if (!method.trySetAccessible() && inherited == null) {
            throw new CacheException("The methods of " + type.getName() + " cannot be called from "
                    + TargetMethod.class.getModule() + ": open the package " + type.getPackageName()
                    + " to it, or make the interface public in an exported package");
        }
    }

    /** Whether the object has a method of its own instead of the interface's default one. */
    static boolean isOverridden(Method method, Class<?> target) {
        try {
            Method own = target.getMethod(method.getName(), method.getParameterTypes());
            return !own.getDeclaringClass().equals(method.getDeclaringClass());
        } catch (NoSuchMethodException e) {
            return true;
        }
    }

    private static @Nullable MethodHandle special(Method method) {
        Class<?> owner = method.getDeclaringClass();
        try {
            return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
                    .unreflectSpecial(method, owner)
                    .asSpreader(Object[].class, method.getParameterCount())
                    .asType(java.lang.invoke.MethodType.methodType(Object.class, Object.class, Object[].class));
        } catch (IllegalAccessException e) {
            return null;
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, @Nullable Object @Nullable [] arguments) throws Throwable {
        if (inherited != null) {
            return (Object) inherited.invokeExact(proxy, arguments);
        }
        if (inherits) {
            return InvocationHandler.invokeDefault(proxy, method, arguments);
        }
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
