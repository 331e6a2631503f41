package io.perfkit.monitoring;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds the lines of the application on the stack. Frames of libraries, of the JDK and of generated classes (proxies,
 * enhanced entities, hidden classes) are none, nor is a frame without a line.
 */
final class Stacks {
    private static final int FRAMES = 3;
    private static final int DEEPEST = 400;
    private static final List<String> LIBRARIES = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "com.sun.",
            "jakarta.",
            "kotlin.",
            "kotlinx.",
            "scala.",
            "groovy.",
            "org.codehaus.groovy.",
            "org.apache.groovy.",
            "org.springframework.",
            "org.hibernate.",
            "org.jooq.",
            "org.apache.",
            "org.eclipse.",
            "org.jboss.",
            "io.undertow.",
            "io.netty.",
            "io.micrometer.",
            "io.opentelemetry.",
            "io.projectreactor.",
            "reactor.",
            "org.reactivestreams.",
            "io.reactivex.",
            "io.vertx.",
            "io.quarkus.",
            "io.micronaut.",
            "com.zaxxer.",
            "com.mysql.",
            "org.mariadb.",
            "org.postgresql.",
            "com.microsoft.sqlserver.",
            "oracle.",
            "org.h2.",
            "org.sqlite.",
            "org.hsqldb.",
            "com.ibm.db2.",
            "net.bytebuddy.",
            "javassist.",
            "org.mockito.",
            "org.junit.",
            "org.testng.",
            "net.jqwik.",
            "org.aspectj.",
            "com.fasterxml.",
            "tools.jackson.",
            "com.google.gson.",
            "com.google.common.",
            "com.google.inject.",
            "org.slf4j.",
            "ch.qos.",
            "org.flywaydb.",
            "liquibase.",
            "com.querydsl.",
            "com.blazebit.",
            "com.mchange.",
            "net.ttddyy.",
            "com.p6spy.",
            "org.jdbi.",
            "org.ibatis.",
            "com.github.benmanes.caffeine.",
            "io.github.resilience4j.",
            "org.glassfish.",
            "org.thymeleaf.",
            "feign.",
            "okhttp3.",
            "io.r2dbc.",
            "io.perfkit.monitoring.",
            "io.perfkit.cache.",
            "io.perfkit.batching.",
            "io.perfkit.pagination.",
            "io.perfkit.connections.",
            "io.perfkit.spring.");
    private static final Set<String> GENERATED = Set.of(
            "$$",
            "$HibernateProxy",
            "$Proxy",
            "_$$_",
            "$MockitoMock$",
            "$ByteBuddy$",
            "$HibernateBasicProxy",
            "$HibernateInstantiator",
            "CGLIB",
            "$HibernateAccessOptimizer",
            "_Subclass",
            "_ClientProxy");

    private final List<String> libraries;

    Stacks(List<String> moreLibraries) {
        List<String> all = new ArrayList<>(LIBRARIES);
        all.addAll(moreLibraries);
        this.libraries = List.copyOf(all);
    }

    List<String> chain() {
        return StackWalker.getInstance()
                .walk(frames -> frames.limit(DEEPEST)
                        .filter(this::isOfApplication)
                        .limit(FRAMES)
                        .map(Stacks::text)
                        .toList());
    }

    private boolean isOfApplication(StackWalker.StackFrame frame) {
        String name = frame.getClassName();
        for (String library : libraries) {
            if (name.startsWith(library)) {
                return false;
            }
        }
        for (String generated : GENERATED) {
            if (name.contains(generated)) {
                return false;
            }
        }
        return frame.getLineNumber() > 0;
    }

    private static String text(StackWalker.StackFrame frame) {
        String file = frame.getFileName();
        return frame.getClassName() + "." + frame.getMethodName() + "(" + (file == null ? "Unknown" : file) + ":"
                + frame.getLineNumber() + ")";
    }
}
