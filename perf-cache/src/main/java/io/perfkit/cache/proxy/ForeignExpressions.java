package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Templates as they are written for other libraries: {@code #id} and the rest of SpEL, {@code ${id}}, a name without its
 * braces. Taken literally, each of them is one text for all calls, under which every argument finds the same value.
 *
 * <p>A {@code key} without an argument is refused wherever the method has parameters. Patterns and tags may be constant,
 * because what a call changes may be all that match; they are refused only where they look like something else.
 */
final class ForeignExpressions {

    private static final String NAME = "[\\p{L}_][\\p{L}\\p{N}_]*";
    /** {@code ${id}}, {@code #{id}}; a doubled brace is a brace. */
    private static final Pattern PLACEHOLDER = Pattern.compile("[$#]\\{(?!\\{)\\s*#?([^{}]*)}");

    private static final Pattern OPEN_PLACEHOLDER = Pattern.compile("[$#]\\{(?!\\{)");
    private static final Pattern VARIABLE =
            Pattern.compile("#(" + NAME + ")((?:\\[\\d+])?(?:\\??\\." + NAME + "(?:\\(\\))?)*)");
    private static final Pattern TYPE_OR_BEAN =
            Pattern.compile("(?<![\\p{L}\\p{N}_.])(?:T\\([\\w.$]+\\)|@" + NAME + "\\.\\w+\\()");
    private static final Pattern BEGINS_AS_EXPRESSION = Pattern.compile("(?:#|@|new )" + NAME + ".*|'.*'");
    private static final Pattern PATH = Pattern.compile(NAME + "(?:\\." + NAME + ")*");
    private static final Pattern POSITION = Pattern.compile("[pa](\\d+)");

    private final AnnotatedMethod annotated;
    private final Class<? extends Annotation> annotation;
    private final String attribute;
    private final String text;
    private final Predicate<String> isTemplate;

    /** @param isTemplate whether a text is a right template with an argument in it */
    ForeignExpressions(
            AnnotatedMethod annotated,
            Class<? extends Annotation> annotation,
            String attribute,
            String text,
            Predicate<String> isTemplate) {
        this.annotated = annotated;
        this.annotation = annotation;
        this.attribute = attribute;
        this.text = text;
        this.isTemplate = isTemplate;
    }

    /** Refuses what another library would evaluate. */
    void checkForeign() {
        if (isForeign(text)) {
            throw error("in which nothing is evaluated: a template is text with arguments in braces. " + remedy());
        }
    }

    private boolean isForeign(String template) {
        boolean hasArgument = template.replace("{{", "").contains("{");
        return OPEN_PLACEHOLDER.matcher(template).find()
                || TYPE_OR_BEAN.matcher(template).find()
                || namesVariable(template)
                || (!hasArgument && BEGINS_AS_EXPRESSION.matcher(template).matches());
    }

    private boolean namesVariable(String template) {
        Matcher variables = VARIABLE.matcher(template);
        while (variables.find()) {
            String name = variables.group(1);
            if (List.of("root", "result").contains(name) || parameter(name) != null) {
                return true;
            }
        }
        return false;
    }

    /** Refuses a template without an argument where it cannot be meant. */
    void checkConstant() {
        if (annotated.parameterCount() == 0) {
            return;
        }
        if (attribute.equals("key")) {
            throw error("which is the same for every call of the method, whatever its arguments. " + remedy()
                    + (annotation == Invalidates.class
                            ? ", or pattern = \"" + CacheRegion.escape(text).replace("\\", "\\\\")
                                    + "\" if this one key is meant"
                            : ""));
        }
        String[] names = text.split("\\.", -1);
        if (PATH.matcher(text).matches() && annotated.indexOf(names[0]) >= 0) {
            throw error("which is a parameter's name without its braces. " + remedy());
        }
    }

    private CacheException error(String problem) {
        return annotated.error(annotation, attribute, text, problem);
    }

    private String remedy() {
        String meant = meant();
        return meant == null
                ? annotated.parameterCount() == 0
                        ? "Write the text without it"
                        : "Write the name of a parameter, or of its property, in braces. Its parameters: "
                                + annotated.names()
                : "Write " + attribute + " = \"" + meant + "\"";
    }

    /** The template that was probably meant, or null. */
    private @Nullable String meant() {
        if (text.length() > 1 && text.startsWith("'") && text.indexOf('\'', 1) == text.length() - 1) {
            String unquoted = text.substring(1, text.length() - 1);
            if (annotated.parameterCount() == 0) {
                return unquoted;
            }
        }
        String braced =
                PLACEHOLDER.matcher(text).replaceAll(m -> Matcher.quoteReplacement("{" + path(m.group(1)) + "}"));
        List<String> candidates = new ArrayList<>(List.of(braced, joined(text), joined(braced), "{" + text + "}"));
        candidates.add(allParameters());
        return candidates.stream()
                .filter(each -> each.indexOf('(') < 0 && !isForeign(each) && isTemplate.test(each))
                .findFirst()
                .orElse(null);
    }

    /** {@code 'product:' + #id} as {@code product:{id}}. */
    private String joined(String expression) {
        StringBuilder out = new StringBuilder();
        for (String each : expression.split("\\s*\\+\\s*", -1)) {
            out.append(
                    each.length() > 1 && each.startsWith("'") && each.endsWith("'")
                            ? each.substring(1, each.length() - 1)
                            : VARIABLE.matcher(each)
                                    .replaceAll(m -> Matcher.quoteReplacement(
                                            "{" + path(m.group().substring(1)) + "}")));
        }
        return out.toString();
    }

    /** {@code p0.getName()} as {@code product.name}. */
    private String path(String expression) {
        String path = expression.strip().replace("?.", ".").replaceFirst("^root\\.args\\[(\\d+)]", "p$1");
        StringBuilder out = new StringBuilder();
        for (String each : path.split("\\.", -1)) {
            String name = each.replaceFirst("\\(\\)$", "");
            if (!name.equals(each) && name.matches("get\\p{Lu}.*")) {
                name = Character.toLowerCase(name.charAt(3)) + name.substring(4);
            }
            String parameter = out.length() == 0 ? parameter(name) : null;
            out.append(out.length() == 0 ? "" : ".").append(parameter == null ? name : parameter);
        }
        return out.toString();
    }

    /** The parameter of a name, or of a position as in {@code p0}; null if there is none. */
    private @Nullable String parameter(String name) {
        if (annotated.indexOf(name) >= 0) {
            return name;
        }
        Matcher position = POSITION.matcher(name);
        int index = position.matches() && position.group(1).length() < 4 ? Integer.parseInt(position.group(1)) : -1;
        return index >= 0 && index < annotated.parameterCount() ? annotated.nameOf(index) : null;
    }

    /** Every parameter by itself, or by its id. */
    private String allParameters() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < annotated.parameterCount(); i++) {
            String name = "{" + annotated.nameOf(i);
            all.add(isTemplate.test(name + "}") ? name + "}" : name + ".id}");
        }
        return String.join(":", all);
    }
}
