package io.perfkit.connections.websocket;

import io.perfkit.connections.ConnectionRegistry;
import io.perfkit.connections.Registration;
import jakarta.websocket.CloseReason;
import jakarta.websocket.CloseReason.CloseCodes;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What {@link WebSockets#endpoint} deploys: the endpoint of one session, which sees nothing of it unless the registry has
 * let it in. Public only because containers want that of an endpoint; nobody else needs it.
 *
 * @param <O> the type of owner
 */
public final class RegisteredEndpoint<O> extends Endpoint {
    private final ConnectionRegistry<O, Session> registry;
    private final Function<? super Session, ? extends O> owner;
    private final Endpoint endpoint;

    private volatile @Nullable Registration registration;

    /** What the endpoint sees of the session; null before it was let in. */
    private volatile @Nullable Session seen;

    RegisteredEndpoint(
            ConnectionRegistry<O, Session> registry, Function<? super Session, ? extends O> owner, Endpoint endpoint) {
        this.registry = registry;
        this.owner = owner;
        this.endpoint = Objects.requireNonNull(endpoint, "endpoint");
    }

    @Override
    public void onOpen(Session session, EndpointConfig config) {
        O whose;
        try {
            whose = Objects.requireNonNull(
                    owner.apply(session), "the owner of a session is null; name those that have no name, too");
        } catch (Throwable e) {
            WebSockets.close(session, CloseCodes.UNEXPECTED_CONDITION, "no owner");
            throw e;
        }
        Touches touches = new Touches(session);
        Session used = touches.session();
        Registration mine = WebSockets.open(registry, whose, used);
        if (mine == null) {
            return;
        }
        registration = mine;
        touches.begin(mine);
        try {
            session.getUserProperties().put(WebSockets.REGISTRATION, mine);
            seen = used;
            endpoint.onOpen(used, config);
        } catch (Throwable e) {
            // Not every container closes a session whose endpoint failed to open it.
            mine.close();
            throw e;
        }
    }

    @Override
    public void onClose(Session session, CloseReason reason) {
        Registration mine = registration;
        if (mine != null) {
            mine.close();
        }
        Session used = seen;
        if (used != null) {
            endpoint.onClose(used, reason);
        }
    }

    @Override
    public void onError(Session session, Throwable failure) {
        Session used = seen;
        if (used != null) {
            endpoint.onError(used, failure);
        }
    }
}
