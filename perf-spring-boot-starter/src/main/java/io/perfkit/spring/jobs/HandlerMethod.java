package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.JobContext;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** A method with {@link HandlesJob}, and what of it can be wrong. */
record HandlerMethod(String bean, Method method, String name, int version) {

    static HandlerMethod of(String bean, Class<?> type, Method method) {
        int modifiers = method.getModifiers();
        if (!Modifier.isPublic(modifiers) || Modifier.isStatic(modifiers) || Modifier.isFinal(modifiers)) {
            throw error(
                    type,
                    method,
                    "is not a public method that a proxy can override. Make it public, not static and not final");
        }
        Class<?>[] parameters = method.getParameterTypes();
        if (parameters.length == 0
                || parameters.length > 2
                || (parameters.length == 2 && parameters[1] != JobContext.class)) {
            throw error(
                    type,
                    method,
                    "has other parameters than a payload and a JobContext. Leave the payload, and the JobContext"
                            + " where it is needed");
        }
        if (parameters[0].isPrimitive() || parameters[0] == JobContext.class || parameters[0] == Object.class) {
            throw error(
                    type,
                    method,
                    "takes " + parameters[0].getSimpleName() + ", which is no type of payload. Take a record");
        }
        HandlesJob annotation = method.getAnnotation(HandlesJob.class);
        if (annotation.version() < 1) {
            throw error(type, method, "has version " + annotation.version() + ". Count from 1");
        }
        return new HandlerMethod(bean, method, annotation.value(), annotation.version());
    }

    private static JobHandlerException error(Class<?> type, Method method, String problem) {
        return new JobHandlerException("@HandlesJob " + type.getName() + "." + method.getName() + "(…) " + problem);
    }

    Class<?> payload() {
        return method.getParameterTypes()[0];
    }

    boolean isNamed() {
        return !name.isEmpty() || version != 1;
    }

    String typeName() {
        return name.isEmpty() ? payload().getSimpleName() : name;
    }
}
