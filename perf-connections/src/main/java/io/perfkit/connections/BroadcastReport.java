package io.perfkit.connections;

/**
 * What became of one message in the outboxes of a {@link ConnectionRegistry}. A message that an outbox took may still fail
 * later; that is counted in {@link RegistryStats#failedSends()}.
 *
 * @param reached the connections whose outbox took the message
 * @param dropped those of them whose outbox was full and forgot an older message for it
 * @param closed the connections that were closed as slow instead, since their outbox was full
 */
public record BroadcastReport(int reached, int dropped, int closed) {}
