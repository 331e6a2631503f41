package io.perfkit.examples.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.perfkit.examples.docs.Markdown.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What can be set is in an options table, and what is in an options table can be set. An options table is one whose first
 * column is called "option"; the paragraph before it begins with the name of the type that it is about.
 */
class OptionsTest {

    /** Types that are set up by methods which return the type itself. */
    private static final List<String> FLUENT = List.of("LocalOptions", "LoadTest", "OffsetPaginator");

    private static final Pattern OWNER = Pattern.compile("^(?:#+ )?`@?(\\w+)");
    private static final Pattern CODE = Pattern.compile("`(\\w+)[^`]*`");
    private static final Pattern BUILDER =
            Pattern.compile("^\\s*public (?:static )?(?:final )?(?:static )?class (\\w*Builder)\\b", Pattern.MULTILINE);

    private static final Map<String, Set<String>> SET = settings();
    private static final Map<String, List<String>> TOLD = told();

    static Stream<String> types() {
        return SET.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("types")
    void option_ofAnyBuilder_standsInTheTableAndTheOtherWayRound(String type) {
        assertThat(TOLD).as("options tables of the docs").containsKey(type);
        assertThat(TOLD.get(type)).as("options of %s", type).containsExactlyInAnyOrderElementsOf(SET.get(type));
    }

    @Test
    void optionsTable_ofThePages_isAboutATypeThatIsThere() {
        assertThat(SET.keySet()).containsAll(TOLD.keySet());
    }

    @ParameterizedTest
    @MethodSource("io.perfkit.examples.docs.Tree#pages")
    void table_ofAnyPage_isWhole(Path page) {
        for (Table table : Markdown.of(page).tables()) {
            assertThat(table.ruled())
                    .as("%s: the line below %s", page, table.head())
                    .isTrue();
            assertThat(table.rows())
                    .as("%s: rows of %s", page, table.head())
                    .allSatisfy(row -> assertThat(row).as("cells").hasSameSizeAs(table.head()));
        }
    }

    @Test
    void settings_ofASource_areThePublicSettersOfItsBuilder() {
        String source = """
                public final class Box {
                    public static Builder builder(String name) { }
                    public Builder toBuilder() { }
                    public static final class Builder {
                        public Builder size(int n) { }
                        public <T> Builder of(T t) { }
                        Builder hidden() { }
                        public Box build() { }
                    }
                }
                """;
        assertThat(settersOf("Box", source)).containsExactly(entry("Box", Set.of("size", "of")));
        List<Table> cut = Markdown.parse("| option | unit |\n|---|---|\n| `a` | s |\n\n| `b` | s |\n")
                .tables();
        assertThat(cut).extracting(Table::ruled).containsExactly(true, false);
    }

    private static Map<String, List<String>> told() {
        Map<String, List<String>> told = new TreeMap<>();
        Tree.pages().filter(page -> page.startsWith("docs")).forEach(page -> {
            for (Table table : Markdown.of(page).tables()) {
                if (table.head().get(0).equals("option")) {
                    Matcher owner = OWNER.matcher(table.before());
                    String type = owner.find() ? owner.group(1) : page + ": " + table.before();
                    List<String> names = told.computeIfAbsent(type, o -> new ArrayList<>());
                    table.rows()
                            .forEach(row -> CODE.matcher(row.get(0)).results().forEach(c -> names.add(c.group(1))));
                }
            }
        });
        return told;
    }

    private static Map<String, Set<String>> settings() {
        Map<String, Set<String>> settings = new TreeMap<>();
        Tree.mainSources()
                .forEach(path -> settings.putAll(
                        settersOf(path.getFileName().toString().replace(".java", ""), Tree.read(path))));
        return settings;
    }

    /** By the name of what is built: the type around a nested builder, or the rest of a builder's own name. */
    private static Map<String, Set<String>> settersOf(String file, String source) {
        Matcher builder = BUILDER.matcher(source);
        boolean built = builder.find();
        if (!built && !FLUENT.contains(file)) {
            return Map.of();
        }
        String type = built ? builder.group(1) : file;
        Set<String> setters = new TreeSet<>();
        Pattern.compile("^\\s+public (?:<[^>]+> )?(?:\\w+\\.)?" + type + "(?:<[\\w, ]*>)? (\\w+)\\(", Pattern.MULTILINE)
                .matcher(source)
                .results()
                .map(setter -> setter.group(1))
                .filter(name -> !name.equals("toBuilder"))
                .forEach(setters::add);
        return Map.of(type.equals("Builder") || !built ? file : type.replaceAll("Builder$", ""), setters);
    }
}
