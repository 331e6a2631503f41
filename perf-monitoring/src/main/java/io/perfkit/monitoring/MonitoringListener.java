package io.perfkit.monitoring;

/**
 * Is told what a {@link PerformanceMonitor} notices. Implement what is of interest; the other methods do nothing. Its
 * methods are called on the thread that crossed the threshold, several at a time, and must return quickly.
 */
public interface MonitoringListener {
    /**
     * A threshold was crossed. Of the same kind and subject, one alert is raised within
     * {@link PerformanceMonitor.Builder#alertCoolDown}.
     *
     * @param alert what is too slow, or too often
     */
    default void onAlert(Alert alert) {}

    /**
     * A scope that closed asked a database more often, or for more, than needed. Of the same kind, query, place and
     * scope, one is told within {@link PerformanceMonitor.Builder#alertCoolDown}.
     *
     * @param finding what, where, and what to do about it
     */
    default void onFinding(Finding finding) {}
}
