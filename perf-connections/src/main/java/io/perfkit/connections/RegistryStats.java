package io.perfkit.connections;

import java.util.Map;

/**
 * A {@link ConnectionRegistry} at one moment. The connections were counted at the same instant; the counters beside
 * them may be newer by what happened meanwhile.
 *
 * @param <O> the type of owner
 * @param total the connections registered
 * @param connectionsByOwner the connections of each owner that has any; an owner without connections is absent
 * @param rejected the registrations rejected by a limit since the registry was built
 * @param closed the connections that left the registry since it was built, by reason; every reason is present
 * @param closing the connections that have left the registry and whose close action has not returned yet
 * @param failedCloses the close actions that threw
 * @param failedSends the messages whose sending failed
 * @param droppedMessages the messages that a full outbox forgot
 */
public record RegistryStats<O>(
        int total,
        Map<O, Integer> connectionsByOwner,
        long rejected,
        Map<CloseReason, Long> closed,
        int closing,
        long failedCloses,
        long failedSends,
        long droppedMessages) {
    /** Creates the figures, with copies of the maps. */
    public RegistryStats {
        connectionsByOwner = Map.copyOf(connectionsByOwner);
        closed = Map.copyOf(closed);
    }
}
