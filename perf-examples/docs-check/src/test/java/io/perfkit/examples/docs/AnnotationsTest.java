package io.perfkit.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every attribute of every public annotation is in a table whose first two columns are "annotation" and "attribute". */
class AnnotationsTest {

    private static final Pattern TYPE = Pattern.compile("^public @interface (\\w+)", Pattern.MULTILINE);
    /** Four spaces: those of an annotation within are its container's. */
    private static final Pattern ATTRIBUTE = Pattern.compile("^ {4}[\\w<>?.\\[\\]]+ (\\w+)\\(\\)", Pattern.MULTILINE);

    private static final Pattern CODE = Pattern.compile("`@?(\\w+)`");

    @Test
    void attribute_ofAnyAnnotation_standsInTheTableAndTheOtherWayRound() {
        assertThat(told()).isEqualTo(declared());
    }

    private static Map<String, Set<String>> declared() {
        Map<String, Set<String>> declared = new TreeMap<>();
        Tree.mainSources().map(Tree::read).forEach(source -> {
            Matcher type = TYPE.matcher(source);
            if (type.find()) {
                Set<String> attributes = declared.computeIfAbsent(type.group(1), t -> new TreeSet<>());
                ATTRIBUTE.matcher(source).results().forEach(each -> attributes.add(each.group(1)));
            }
        });
        return declared;
    }

    private static Map<String, Set<String>> told() {
        Map<String, Set<String>> told = new TreeMap<>();
        Tree.pages()
                .filter(page -> page.startsWith("docs"))
                .map(Markdown::of)
                .forEach(page -> page.tables().stream()
                        .filter(table -> table.head().subList(0, 2).equals(List.of("annotation", "attribute")))
                        .forEach(table -> {
                            String annotation = "";
                            for (List<String> row : table.rows()) {
                                Matcher named = CODE.matcher(row.get(0));
                                annotation = named.find() ? named.group(1) : annotation;
                                Set<String> attributes = told.computeIfAbsent(annotation, a -> new TreeSet<>());
                                CODE.matcher(row.get(1)).results().forEach(each -> attributes.add(each.group(1)));
                            }
                        }));
        return told;
    }
}
