package io.perfkit.testkit.grammar;

/**
 * A public type or member that breaks a rule.
 *
 * @param rule the rule, in a word or two
 * @param subject the type, or {@code Type#member}; of a nested type {@code Outer.Nested#member}
 * @param message what is wrong and what is asked for
 */
record Violation(String rule, String subject, String message) {
    @Override
    public String toString() {
        return "[" + rule + "] " + subject + ": " + message;
    }
}
