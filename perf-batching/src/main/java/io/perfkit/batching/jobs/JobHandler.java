package io.perfkit.batching.jobs;

/**
 * Does the work of one type of jobs. May be called by several threads at once. A job is run <em>at least</em> once: after
 * the death of a worker, or an attempt that failed, it is run again, so effects outside are written under
 * {@link JobContext#id()}.
 *
 * @param <P> the payload
 */
@FunctionalInterface
public interface JobHandler<P> {
    /**
     * Does the work; returning means success. Give a result to {@link JobContext#result}.
     *
     * @throws Exception the attempt has failed, and the next one follows after the backoff;
     *     {@link PermanentJobException} if another attempt would be in vain
     */
    void run(P payload, JobContext job) throws Exception;
}
