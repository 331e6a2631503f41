package io.perfkit.spring.jobs;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Names the property that has a value it cannot have. */
final class Settings {

    private Settings() {}

    static <T> void set(String setting, @Nullable T value, Function<T, ?> setter) {
        if (value != null) {
            Object unused = named(setting, value, setter);
        }
    }

    static <T, R> R named(String setting, T value, Function<T, R> setter) {
        try {
            return setter.apply(value);
        } catch (IllegalArgumentException refused) {
            InvalidConfigurationPropertyValueException named = new InvalidConfigurationPropertyValueException(
                    "perfkit.jobs." + setting, value, String.valueOf(refused.getMessage()));
            named.addSuppressed(refused);
            throw named;
        }
    }
}
