package io.perfkit.spring.monitoring;

import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanNotOfRequiredTypeException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Something asks for the class of a pool, where the bean is a data source before it. */
final class DataSourceTypeFailureAnalyzer extends AbstractFailureAnalyzer<BeanNotOfRequiredTypeException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable failure, BeanNotOfRequiredTypeException cause) {
        Class<?> required = cause.getRequiredType();
        if (!DataSource.class.isAssignableFrom(required)
                || !cause.getActualType().getName().startsWith("io.perfkit.")) {
            return null;
        }
        return new FailureAnalysis(
                "The bean '" + cause.getBeanName() + "' is asked for as a " + required.getName()
                        + ", but perfkit has put a " + cause.getActualType().getName() + " before it.",
                "Ask for a javax.sql.DataSource, and for the pool by dataSource.unwrap(" + required.getSimpleName()
                        + ".class); or leave this one alone by perfkit.monitoring.excluded-data-sources="
                        + cause.getBeanName() + ".",
                cause);
    }
}
