package io.perfkit.testkit.grammar;

import java.util.concurrent.Callable;

/** Two settings that exclude each other. */
record Contradiction(String first, String second, Callable<?> build) {
    static final String RULE = "contradiction";

    void check(Findings findings) {
        String subject = first + " against " + second;
        Object built;
        try {
            built = build.call();
        } catch (IllegalStateException e) {
            String message = String.valueOf(e.getMessage());
            if (!message.contains(first) || !message.contains(second)) {
                findings.all()
                        .add(new Violation(RULE, subject, "must be told by naming both, but was told as: " + message));
            }
            return;
        } catch (Exception e) {
            findings.all().add(new Violation(RULE, subject, "must be an IllegalStateException, but was " + e));
            return;
        }
        findings.all().add(new Violation(RULE, subject, "must fail in build(), but built " + built));
    }
}
