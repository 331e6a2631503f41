package io.perfkit.spring.jobs;

import io.perfkit.batching.jobs.JobQueue;
import io.perfkit.batching.jobs.JobsCloseReport;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A queue that the application closes within its own time, also where it did not get as far as starting: then no lifecycle
 * has been begun that would do so, and a handler waits for beans that there will not be.
 */
final class ClosesInTime {

    /** What becomes of a call, but for closing. */
    interface Call {
        @Nullable
        Object invoke(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;
    }

    private ClosesInTime() {}

    static JobQueue of(JobQueue queue, Duration closeWithin) {
        return of(queue, closeWithin, (method, arguments) -> method.invoke(queue, arguments));
    }

    static JobQueue of(JobQueue queue, Duration closeWithin, Call call) {
        return (JobQueue) Proxy.newProxyInstance(
                JobQueue.class.getClassLoader(), new Class<?>[] {JobQueue.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close") && method.getParameterCount() == 0) {
                        JobsCloseReport unused = queue.close(closeWithin);
                        return null;
                    }
                    try {
                        return call.invoke(method, arguments);
                    } catch (InvocationTargetException thrown) {
                        throw thrown.getTargetException();
                    }
                });
    }
}
