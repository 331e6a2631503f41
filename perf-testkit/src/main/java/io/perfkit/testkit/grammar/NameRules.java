package io.perfkit.testkit.grammar;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.regex.Pattern;

/** One word for one thing. */
final class NameRules {
    private static final Pattern OLD_BOUND = Pattern.compile("(max|most|longest|largest)([A-Z].*)?");

    /** Names that stand for figures or for an end elsewhere. */
    private static final Map<String, String> OTHER_WORDS = Map.of(
            "snapshot", "stats() with a record XStats",
            "statistics", "stats() with a record XStats",
            "drain", "close(Duration)",
            "shutdown", "close() or close(Duration)",
            "stop", "close() or close(Duration)",
            "dispose", "close() or close(Duration)",
            "nanoClock", "ticker",
            "nanoTicker", "ticker");

    private NameRules() {}

    static void check(Class<?> type, Findings findings) {
        String name = type.getSimpleName();
        if (name.endsWith("Snapshot") || name.endsWith("Statistics")) {
            findings.add("name", type, "figures are a record named XStats");
        }
        if (name.endsWith("Stats") && !type.isRecord()) {
            findings.add("name", type, "must be a record");
        }
        for (Method method : PublicTypes.instanceMethods(type)) {
            String instead = OTHER_WORDS.get(method.getName());
            if (instead != null) {
                findings.add("name", method, "is called " + instead + " in this library");
            }
            boolean sets = type.isAnnotation() || (method.getReturnType() == type && method.getParameterCount() > 0);
            if (sets && OLD_BOUND.matcher(method.getName()).matches()) {
                findings.add("name", method, "a bound is called maximumX");
            }
            if (method.getName().equals("stats")
                    && !(method.getReturnType().isRecord()
                            && method.getReturnType().getSimpleName().endsWith("Stats"))) {
                findings.add("name", method, "must return a record named XStats");
            }
        }
    }
}
