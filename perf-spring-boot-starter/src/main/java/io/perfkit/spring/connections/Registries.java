package io.perfkit.spring.connections;

import io.perfkit.connections.ConnectionRegistry;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Makes registries of the properties, and names the property that has a value it cannot have. */
final class Registries {

    private interface Setter<T> {
        Object set(T value);
    }

    private Registries() {}

    static <C> ConnectionRegistry.Builder<Object, C> builder(String name, FeedProperties properties) {
        ConnectionRegistry.Builder<Object, C> builder = ConnectionRegistry.builder(name);
        set("maximum-total", properties.maximumTotal(), builder::maximumTotal);
        set("maximum-per-owner", properties.maximumPerOwner(), builder::maximumPerOwner);
        set("when-full", properties.whenFull(), builder::whenFull);
        set("idle-after", properties.idleAfter(), builder::idleAfter);
        set("maximum-age", properties.maximumAge(), builder::maximumAge);
        return builder;
    }

    private static <T> void set(String setting, @Nullable T value, Setter<T> setter) {
        if (value == null) {
            return;
        }
        try {
            setter.set(value);
        } catch (IllegalArgumentException refused) {
            InvalidConfigurationPropertyValueException named = new InvalidConfigurationPropertyValueException(
                    "perfkit.feeds." + setting, value, String.valueOf(refused.getMessage()));
            named.addSuppressed(refused);
            throw named;
        }
    }
}
