package io.perfkit.cache.proxy;

import java.io.Closeable;
import java.io.InputStream;
import java.lang.annotation.Annotation;
import java.util.Enumeration;
import java.util.Iterator;
import java.util.Optional;
import java.util.Spliterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.BaseStream;
import org.jspecify.annotations.Nullable;

/**
 * What a method returns, and the value in it: {@code T}, {@code Optional<T>}, or a stage of either.
 *
 * @param staged whether the value comes later
 * @param optional whether the value is wrapped
 * @param value the type of the value
 * @param primitive whether null cannot be returned
 */
record ReturnShape(boolean staged, boolean optional, ResolvedType value, boolean primitive) {

    static ReturnShape of(AnnotatedMethod annotated) {
        ResolvedType type = annotated.returned();
        boolean staged = isStage(type);
        if (staged) {
            type = argument(type);
        }
        boolean optional = type.raw() == Optional.class;
        if (optional) {
            type = argument(type);
        }
        return new ReturnShape(
                staged, optional, type, annotated.method().getReturnType().isPrimitive());
    }

    private static boolean isStage(ResolvedType type) {
        return type.raw() == CompletionStage.class || type.raw() == CompletableFuture.class;
    }

    private static ResolvedType argument(ResolvedType type) {
        return type.arguments().isEmpty()
                ? new ResolvedType(Object.class, java.util.List.of(), false)
                : type.arguments().get(0);
    }

    boolean isVoid() {
        return value.raw() == Void.class;
    }

    /** Refuses what is not a value that could be given to several callers, one after the other. */
    void checkCacheable(AnnotatedMethod annotated, Class<? extends Annotation> annotation) {
        if (isVoid()) {
            throw annotated.error(annotation, "but returns nothing. Return the value that is to be cached");
        }
        String why = null;
        if (value.is(BaseStream.class)
                || value.is(Iterator.class)
                || value.is(Spliterator.class)
                || value.is(Enumeration.class)) {
            why = "which can be read once only. Return a collection";
        } else if (value.is(InputStream.class) || value.is(Closeable.class) || value.is(AutoCloseable.class)) {
            why = "which is open until somebody closes it. Return what is read from it";
        } else if (isStage(value) || value.raw() == Optional.class) {
            why = "which is wrapped twice. Return the value, an Optional or a stage of it, or a stage of an Optional";
        } else if (isAsynchronous(value)) {
            why = "whose value cannot be had without waiting. Return a CompletionStage";
        } else if (!value.fixed()) {
            why = "which is no particular type. Declare the type of the value";
        }
        if (why != null) {
            throw annotated.error(annotation, "but returns " + article(annotated.returned()) + ", " + why);
        }
    }

    /** Refuses what returns before the method has done its work, and does not tell when that is. */
    void checkTellsItsEnd(AnnotatedMethod annotated, Class<? extends Annotation> annotation) {
        if (isAsynchronous(annotated.returned()) && !isStage(annotated.returned())) {
            throw annotated.error(
                    annotation,
                    "but returns " + article(annotated.returned())
                            + ", which does not tell when the change is done. Return a CompletionStage");
        }
    }

    /** Reactive types are known by the names of their interfaces; their libraries need not be there. */
    private static boolean isAsynchronous(ResolvedType type) {
        return type.is(Future.class) || type.is(Flow.Publisher.class) || isPublisher(type.raw());
    }

    private static boolean isPublisher(@Nullable Class<?> type) {
        if (type == null) {
            return false;
        }
        if (type.getName().equals("org.reactivestreams.Publisher")) {
            return true;
        }
        for (Class<?> each : type.getInterfaces()) {
            if (isPublisher(each)) {
                return true;
            }
        }
        return isPublisher(type.getSuperclass());
    }

    static String article(ResolvedType type) {
        return ("AEIO".indexOf(type.toString().charAt(0)) >= 0 ? "an " : "a ") + type;
    }

    /** What a caller gets for a value of the region. */
    @Nullable
    Object wrapped(@Nullable Object value) {
        return optional ? Optional.ofNullable(value) : value;
    }

    /** The value in what the method, or its stage, returned; null if there is none. */
    @Nullable
    Object unwrapped(@Nullable Object returned) {
        return returned instanceof Optional<?> some && optional ? some.orElse(null) : returned;
    }
}
