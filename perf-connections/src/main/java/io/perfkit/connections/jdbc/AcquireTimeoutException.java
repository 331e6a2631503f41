package io.perfkit.connections.jdbc;

import io.perfkit.connections.Holder;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Locale;

/**
 * No connection became free in time, or the queue was already too long for that. It lists who holds the connections.
 *
 * <p>It is a {@link java.sql.SQLException}, as {@code DataSource.getConnection} has to throw, with SQL state 08001.
 */
public final class AcquireTimeoutException extends SQLTransientConnectionException {
    private static final long serialVersionUID = 1L;

    private static final int LISTED = 20;
    private static final String COULD_NOT_CONNECT = "08001";

    private final transient List<Holder> holders;

    AcquireTimeoutException(String what, List<Holder> holders) {
        super(what + describe(holders), COULD_NOT_CONNECT);
        this.holders = List.copyOf(holders);
    }

    private static String describe(List<Holder> holders) {
        StringBuilder text = new StringBuilder(" Held by:");
        holders.stream().limit(LISTED).forEach(h -> {
            text.append(String.format(
                    Locale.ROOT,
                    "%n  thread '%s' for %.3f s",
                    h.thread(),
                    h.heldFor().toNanos() / 1e9));
            if (h.owner() != null) {
                text.append(" (owner '").append(h.owner()).append("')");
            }
            text.append(
                    switch (h.state()) {
                        case OPENING -> ", still connecting";
                        case IN_USE -> "";
                        case RETURNING -> ", being returned";
                        case ABANDONED -> ", dropped without being closed";
                    });
            Throwable callSite = h.callSite();
            if (callSite != null) {
                for (StackTraceElement frame : callSite.getStackTrace()) {
                    if (!frame.getClassName().startsWith("io.perfkit.connections.")) {
                        text.append(", acquired at ").append(frame);
                        break;
                    }
                }
            }
        });
        if (holders.isEmpty()) {
            text.append(" nobody any more.");
        } else if (holders.size() > LISTED) {
            text.append(String.format(Locale.ROOT, "%n  and %d more", holders.size() - LISTED));
        }
        return text.toString();
    }

    /**
     * Who held the connections when the wait ended.
     *
     * @return those who held them longest first; empty after deserialization
     */
    public List<Holder> holders() {
        return holders == null ? List.of() : holders;
    }
}
