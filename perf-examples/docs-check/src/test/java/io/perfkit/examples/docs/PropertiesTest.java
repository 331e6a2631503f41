package io.perfkit.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every property of the starter is in a table whose first column is called "property", and the other way round. */
class PropertiesTest {

    private static final Pattern PREFIX =
            Pattern.compile("@ConfigurationProperties\\(\\s*(?:prefix = )?\"([\\w.-]+)\"");
    private static final Pattern RECORD = Pattern.compile("\\brecord (\\w+)\\(");
    private static final Pattern COMPONENT = Pattern.compile("^(.*?)\\s*\\b(\\w+)$", Pattern.DOTALL);
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void property_ofTheStarter_standsInTheTableAndTheOtherWayRound() {
        assertThat(told()).isEqualTo(declared());
    }

    @Test
    void properties_ofASource_areThoseOfItsRecordsAtAnyDepth() {
        String source = """
                @ConfigurationProperties(prefix = "box", ignoreUnknownFields = false)
                public record Box(
                        @DefaultValue("a, b") boolean enabled,
                        @DefaultValue Lid theLid,
                        @Nullable Map<String, Lid> lids,
                        List<Lid> spare) {
                    public record Lid(int maximumSize) {}
                }
                """;
        Map<String, Map<String, String>> records = records(source);
        Set<String> properties = new TreeSet<>();
        addTo(properties, "box", "Box", records, records.keySet());
        assertThat(properties)
                .containsExactly(
                        "box.enabled",
                        "box.lids.<name>.maximum-size",
                        "box.spare[].maximum-size",
                        "box.the-lid.maximum-size");
    }

    private static Set<String> told() {
        Set<String> told = new TreeSet<>();
        Markdown.of(Path.of("docs/spring-boot.md")).tables().stream()
                .filter(table -> table.head().get(0).equals("property"))
                .flatMap(table -> table.rows().stream())
                .flatMap(row -> CODE.matcher(row.get(0)).results())
                .forEach(code -> told.add(code.group(1)));
        return told;
    }

    private static Set<String> declared() {
        List<String> sources = Tree.mainSources()
                .filter(path -> Tree.contains(path, "perf-spring-boot-starter"))
                .map(Tree::read)
                .toList();
        Map<String, Map<String, String>> records = new HashMap<>();
        sources.stream()
                .filter(source -> source.contains("boot.context.properties") || source.contains("Properties("))
                .forEach(source -> records.putAll(records(source)));
        Set<String> declared = new TreeSet<>();
        for (String source : sources) {
            Matcher prefix = PREFIX.matcher(source);
            Matcher type = RECORD.matcher(source);
            if (prefix.find() && type.find(prefix.end())) {
                addTo(
                        declared,
                        prefix.group(1),
                        type.group(1),
                        records,
                        records(source).keySet());
            }
        }
        return declared;
    }

    /** What several have in common is told once, where it has names; elsewhere as {@code defaults.*}. */
    private static void addTo(
            Set<String> properties,
            String prefix,
            String type,
            Map<String, Map<String, String>> records,
            Set<String> own) {
        records.getOrDefault(type, Map.of()).forEach((name, of) -> {
            String property = prefix + "." + name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            String element = of.replaceAll("^.*[<, ](\\w+)>$", "$1");
            if (!records.containsKey(element)) {
                properties.add(property);
            } else if (of.startsWith("Map<")) {
                addTo(properties, property + ".<name>", element, records, own);
            } else if (of.startsWith("List<")) {
                addTo(properties, property + "[]", element, records, own);
            } else if (own.contains(element)) {
                addTo(properties, property, element, records, own);
            } else {
                properties.add(property + ".*");
            }
        });
    }

    /** The records of a source, by their names, with the type of each component. */
    private static Map<String, Map<String, String>> records(String source) {
        String code = source.replaceAll("(?s)/\\*.*?\\*/", "").replaceAll("@\\w+(\\((\"[^\"]*\"|[^)\"])*\\))?", "");
        Map<String, Map<String, String>> records = new HashMap<>();
        Matcher record = RECORD.matcher(code);
        while (record.find()) {
            Map<String, String> components = new HashMap<>();
            for (String component : components(code.substring(record.end()))) {
                Matcher parts = COMPONENT.matcher(component.strip());
                if (parts.find()) {
                    components.put(parts.group(2), parts.group(1).strip());
                }
            }
            records.put(record.group(1), components);
        }
        return records;
    }

    /** Splits up to the closing parenthesis, at commas that stand in no brackets. */
    private static List<String> components(String code) {
        List<String> components = new ArrayList<>();
        int depth = 0;
        int from = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '<' || c == '(') {
                depth++;
            } else if (c == '>' || (c == ')' && depth > 0)) {
                depth--;
            } else if ((c == ',' && depth == 0) || c == ')') {
                components.add(code.substring(from, i));
                from = i + 1;
                if (c == ')') {
                    break;
                }
            }
        }
        return components;
    }
}
