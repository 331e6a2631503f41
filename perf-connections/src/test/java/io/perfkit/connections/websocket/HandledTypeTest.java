package io.perfkit.connections.websocket;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.websocket.MessageHandler;
import jakarta.websocket.PongMessage;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HandledTypeTest {
    private static final class Texts implements MessageHandler.Whole<String> {
        @Override
        public void onMessage(String message) {}
    }

    private abstract static class Base<X, M> implements Supplier<@Nullable X>, MessageHandler.Whole<M> {
        @Override
        public void onMessage(M message) {}

        @Override
        public @Nullable X get() {
            return null;
        }
    }

    private static final class Pongs extends Base<String, PongMessage> {}

    private interface Bytes<B> extends Serializable, MessageHandler.Partial<B> {}

    private static final class Parts implements Bytes<byte[]> {
        private static final long serialVersionUID = 1L;

        @Override
        public void onMessage(byte[] part, boolean last) {}
    }

    private static final class Lists extends Base<ByteBuffer, List<String>> {}

    private static class Open<T> extends Base<T, T> {}

    @Test
    void of_declaredTypes_areFound() {
        assertThat(HandledType.of(Texts.class, MessageHandler.Whole.class)).isEqualTo(String.class);
        assertThat(HandledType.of(Pongs.class, MessageHandler.Whole.class)).isEqualTo(PongMessage.class);
        assertThat(HandledType.of(Parts.class, MessageHandler.Partial.class)).isEqualTo(byte[].class);
        assertThat(HandledType.of(Lists.class, MessageHandler.Whole.class)).isEqualTo(List.class);
        assertThat(HandledType.of(new Open<String>() {}.getClass(), MessageHandler.Whole.class))
                .isEqualTo(String.class);
    }

    @Test
    void of_whatIsLeftOpen_isNull() {
        MessageHandler.Whole<String> lambda = message -> {};
        assertThat(HandledType.of(lambda.getClass(), MessageHandler.Whole.class))
                .isNull();
        assertThat(HandledType.of(Open.class, MessageHandler.Whole.class)).isNull();
        assertThat(HandledType.of(Texts.class, MessageHandler.Partial.class)).isNull();
    }
}
