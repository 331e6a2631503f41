package io.perfkit.connections.websocket;

import io.perfkit.connections.Registration;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A session each of whose messages counts as a use. The API tells nobody but a handler that a message has come, so the
 * session wraps the handlers that are added to it. It is a dynamic proxy, which needs no change when the API grows.
 */
final class Touches implements InvocationHandler {
    private final Session session;
    private final Session proxy;
    private volatile @Nullable Registration registration;

    /** From the handlers that the endpoint knows to those that the container has; guarded by itself. */
    private final IdentityHashMap<MessageHandler, Set<MessageHandler>> wrapped = new IdentityHashMap<>();

    Touches(Session session) {
        this.session = session;
        this.proxy =
                (Session) Proxy.newProxyInstance(Session.class.getClassLoader(), new Class<?>[] {Session.class}, this);
    }

    Session session() {
        return proxy;
    }

    void begin(Registration of) {
        registration = of;
    }

    private void touch() {
        Registration of = registration;
        if (of != null) {
            of.touch();
        }
    }

    @Override
    public @Nullable Object invoke(Object self, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        if (arguments != null) {
            switch (method.getName()) {
                case "addMessageHandler" -> {
                    return add(method, arguments);
                }
                case "removeMessageHandler" -> {
                    if (arguments[0] instanceof MessageHandler handler && remove(handler)) {
                        return null;
                    }
                }
                case "equals" -> {
                    return self == arguments[0];
                }
                default -> {}
            }
        } else if (method.getName().equals("getMessageHandlers")) {
            return handlers();
        }
        return call(method, arguments);
    }

    private @Nullable Object call(Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(session, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }

    private @Nullable Object add(Method method, @Nullable Object[] arguments) throws Throwable {
        if (!(arguments[arguments.length - 1] instanceof MessageHandler handler)) {
            return call(method, arguments);
        }
        boolean known = false;
        if (handler instanceof MessageHandler.Whole<?> whole) {
            Class<?> type = arguments.length == 2 && arguments[0] instanceof Class<?> given
                    ? given
                    : HandledType.of(handler.getClass(), MessageHandler.Whole.class);
            if (type != null) {
                addWhole(type, whole);
                known = true;
            }
        }
        if (handler instanceof MessageHandler.Partial<?> partial
                && (arguments.length == 1 || method.getParameterTypes()[1] == MessageHandler.Partial.class)) {
            Class<?> type = arguments.length == 2 && arguments[0] instanceof Class<?> given
                    ? given
                    : HandledType.of(handler.getClass(), MessageHandler.Partial.class);
            if (type != null) {
                addPartial(type, partial);
                known = true;
            }
        }
        // The container says what is wrong with one whose type cannot be told, such as a lambda.
        return known ? null : call(method, arguments);
    }

    @SuppressWarnings("unchecked") // the type is the handler's own
    private <T> void addWhole(Class<?> type, MessageHandler.Whole<T> handler) {
        MessageHandler.Whole<T> touching = message -> {
            touch();
            handler.onMessage(message);
        };
        session.addMessageHandler((Class<T>) type, touching);
        remember(handler, touching);
    }

    @SuppressWarnings("unchecked") // the type is the handler's own
    private <T> void addPartial(Class<?> type, MessageHandler.Partial<T> handler) {
        MessageHandler.Partial<T> touching = (part, last) -> {
            touch();
            handler.onMessage(part, last);
        };
        session.addMessageHandler((Class<T>) type, touching);
        remember(handler, touching);
    }

    private void remember(MessageHandler handler, MessageHandler touching) {
        synchronized (wrapped) {
            wrapped.computeIfAbsent(handler, h -> new HashSet<>()).add(touching);
        }
    }

    private boolean remove(MessageHandler handler) {
        Set<MessageHandler> touching;
        synchronized (wrapped) {
            touching = wrapped.remove(handler);
        }
        if (touching == null) {
            return false;
        }
        touching.forEach(session::removeMessageHandler);
        return true;
    }

    private Set<MessageHandler> handlers() {
        Set<MessageHandler> all = new HashSet<>(session.getMessageHandlers());
        synchronized (wrapped) {
            wrapped.forEach((handler, touching) -> {
                if (all.removeAll(touching)) {
                    all.add(handler);
                }
            });
        }
        return all;
    }
}
