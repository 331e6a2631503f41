package io.perfkit.spring.internal;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.origin.OriginLookup;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;

/**
 * A property of perfkit that has a value it cannot have, also where it is several of them that do not go together. Before Spring
 * Boot's own analyzer, which is silent unless exactly that name is set, and would print a secret that is set.
 */
@Order(Ordered.HIGHEST_PRECEDENCE + 1_000)
final class PropertyFailureAnalyzer extends AbstractFailureAnalyzer<InvalidConfigurationPropertyValueException> {

    private final Environment environment;

    PropertyFailureAnalyzer(Environment environment) {
        this.environment = environment;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable failure, InvalidConfigurationPropertyValueException cause) {
        return cause.getName().startsWith("perfkit.")
                ? new FailureAnalysis(
                        cause.getName() + (cause.getValue() == null ? "" : " is " + cause.getValue() + ", which")
                                + " is refused" + origin(cause.getName()) + ": " + cause.getReason() + ".",
                        "Change it in the application's configuration.",
                        cause)
                : null;
    }

    private String origin(String name) {
        if (environment instanceof ConfigurableEnvironment configurable) {
            for (PropertySource<?> source : configurable.getPropertySources()) {
                Object origin = OriginLookup.getOrigin(source, name);
                if (origin != null) {
                    return " (" + origin + ")";
                }
            }
        }
        return "";
    }
}
