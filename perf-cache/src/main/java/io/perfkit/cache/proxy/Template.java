package io.perfkit.cache.proxy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.internal.Limits;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A text with arguments in it, such as <code>cat:{product.categoryId}:*</code>, checked against the method that it
 * belongs to. Doubled braces are braces.
 *
 * <p>Three ways to fill it in. As a key, every argument stands for itself, and a null makes it no key. As a pattern,
 * what is written in the template is pattern and what comes from arguments is text: what a glob understands is escaped.
 * And, where a pattern cannot be as narrow as it should, with everything in the place of the arguments.
 */
final class Template implements CallKey {

    private final List<Part> parts;
    private final List<Border> borders;

    private Template(List<Part> parts) {
        this.parts = List.copyOf(parts);
        this.borders = Border.among(parts);
    }

    /** A literal text, or a path to a value. */
    record Part(String literal, @Nullable ArgumentPath path) {

        String text(@Nullable Object value) {
            return value == null ? "" : ArgumentText.plain(value);
        }
    }

    /**
     * Parses and checks a template.
     *
     * @param result the type that {@code {result}} has, or null if there is none
     */
    static Template of(
            AnnotatedMethod annotated,
            Class<? extends Annotation> annotation,
            String attribute,
            String text,
            @Nullable ResolvedType result) {
        ForeignExpressions expressions = new ForeignExpressions(
                annotated,
                annotation,
                attribute,
                text,
                other -> isRight(annotated, annotation, attribute, other, result));
        expressions.checkForeign();
        Template template = parse(annotated, annotation, attribute, text, result);
        if (template.isConstant()) {
            expressions.checkConstant();
        }
        return template;
    }

    private static boolean isRight(
            AnnotatedMethod annotated,
            Class<? extends Annotation> annotation,
            String attribute,
            String text,
            @Nullable ResolvedType result) {
        try {
            return !parse(annotated, annotation, attribute, text, result).isConstant();
        } catch (CacheException e) {
            return false;
        }
    }

    private boolean isConstant() {
        return parts.stream().allMatch(part -> part.path() == null);
    }

    private static Template parse(
            AnnotatedMethod annotated,
            Class<? extends Annotation> annotation,
            String attribute,
            String text,
            @Nullable ResolvedType result) {
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            boolean doubled = i + 1 < text.length() && text.charAt(i + 1) == c;
            if ((c == '{' || c == '}') && doubled) {
                literal.append(c);
                i += 2;
            } else if (c == '{') {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw annotated.error(
                            annotation, attribute, text, "in which a brace is not closed. Write {{ for a brace");
                }
                if (literal.length() > 0) {
                    parts.add(new Part(literal.toString(), null));
                    literal.setLength(0);
                } else if (!parts.isEmpty() && attribute.equals("key")) {
                    throw annotated.error(
                            annotation,
                            attribute,
                            text,
                            "in which nothing separates two arguments, so that different ones may share a key. Put a "
                                    + "text between them, such as a colon");
                }
                String path = text.substring(i + 1, end);
                parts.add(new Part("", ArgumentPath.of(annotated, annotation, attribute, text, path, result)));
                i = end + 1;
            } else if (c == '}') {
                throw annotated.error(
                        annotation,
                        attribute,
                        text,
                        "in which a brace closes that was not opened. Write }} for a brace");
            } else {
                literal.append(c);
                i++;
            }
        }
        if (literal.length() > 0) {
            parts.add(new Part(literal.toString(), null));
        }
        return new Template(parts);
    }

    /** Whether a parameter's value, or a part of it, occurs in the text. */
    @Override
    public boolean uses(int parameter) {
        return parts.stream()
                .anyMatch(part -> part.path() != null && part.path().parameter() == parameter);
    }

    @Override
    public @Nullable String of(@Nullable Object[] arguments, @Nullable Object result) {
        StringBuilder out = parts.size() == 1 ? null : new StringBuilder();
        for (Part part : parts) {
            String text = part.literal();
            if (part.path() != null) {
                Object value = part.path().read(arguments, result);
                if (value == null) {
                    return null;
                }
                text = part.text(value);
            }
            if (out == null) {
                return text;
            }
            out.append(text);
        }
        return out == null ? "" : out.toString();
    }

    @Override
    public boolean isAmbiguous(@Nullable Object[] arguments, @Nullable Object result) {
        for (Border each : borders) {
            if (each.isBlurred(arguments, result)) {
                return true;
            }
        }
        return false;
    }

    /** A pattern for a template that is one itself. */
    String pattern(@Nullable Object[] arguments, @Nullable Object result) {
        return pattern(arguments, result, true);
    }

    /** A pattern for a template of a key: matches that key, or every key that it might be if an argument is null. */
    String patternOfKeys(@Nullable Object[] arguments, @Nullable Object result) {
        return pattern(arguments, result, false);
    }

    private String pattern(@Nullable Object[] arguments, @Nullable Object result, boolean isPattern) {
        StringBuilder out = new StringBuilder();
        StringBuilder wide = new StringBuilder();
        for (Part part : parts) {
            if (part.path() == null) {
                String text = isPattern ? part.literal() : CacheRegion.escape(part.literal());
                out.append(text);
                wide.append(text);
            } else {
                Object value = part.path().read(arguments, result);
                out.append(value == null ? "*" : CacheRegion.escape(part.text(value)));
                wide.append('*');
            }
        }
        return (out.length() <= Limits.MAXIMUM_PATTERN_LENGTH ? out : wide).toString();
    }
}
