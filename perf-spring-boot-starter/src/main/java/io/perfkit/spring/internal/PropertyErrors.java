package io.perfkit.spring.internal;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;

/** Tells which property has a value that it cannot have; Spring Boot then says where it was set. */
public final class PropertyErrors {

    private PropertyErrors() {}

    public static void named(String property, Object value, Runnable use) {
        refusing(property, value, () -> {
            use.run();
            return property;
        });
    }

    public static <T> T named(String property, Supplier<T> use) {
        return refusing(property, null, use);
    }

    private static <T> T refusing(String property, @Nullable Object value, Supplier<T> use) {
        try {
            return use.get();
        } catch (InvalidConfigurationPropertyValueException known) {
            throw known;
        } catch (IllegalArgumentException | IllegalStateException refused) {
            InvalidConfigurationPropertyValueException named = new InvalidConfigurationPropertyValueException(
                    property, value, String.valueOf(refused.getMessage()));
            named.addSuppressed(refused);
            throw named;
        }
    }
}
