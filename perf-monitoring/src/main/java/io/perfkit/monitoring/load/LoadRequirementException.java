package io.perfkit.monitoring.load;

import io.perfkit.monitoring.MonitoringException;

/** A load test did not keep what was required of it. The message has every broken bound and the table. */
public final class LoadRequirementException extends MonitoringException {
    private static final long serialVersionUID = 1L;

    LoadRequirementException(String message) {
        super(message);
    }
}
