package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Keys made of arguments: equal for equal arguments, different for different ones. */
class ArgumentTextProperties {

    record Pair(String left, Optional<String> right) {}

    @SuppressWarnings("unused") // its signature is what counts
    private interface Signature {
        String call(String a, List<String> b, Set<String> c, String[] d, Pair e, List<List<String>> f, Integer g);
    }

    private static final AllArgumentsKey KEY = AllArgumentsKey.of(
            new AnnotatedMethod(Signature.class, Signature.class.getDeclaredMethods()[0]), Cached.class);

    /** Few characters, all of which the encoding uses itself, so that two values are often almost the same. */
    @Provide
    Arbitrary<String> text() {
        return Arbitraries.frequencyOf(
                net.jqwik.api.Tuple.of(
                        9, Arbitraries.strings().withChars("a\"\\,[]{}()<>null").ofMaxLength(3)),
                net.jqwik.api.Tuple.of(1, Arbitraries.just("null")));
    }

    @Provide
    Arbitrary<Object[]> arguments() {
        Arbitrary<String> text = text().injectNull(0.1);
        Arbitrary<List<String>> texts = text.list().ofMaxSize(3);
        return Combinators.combine(
                        text,
                        texts.injectNull(0.1),
                        texts.map(l -> (Set<String>) new java.util.LinkedHashSet<>(l))
                                .injectNull(0.1),
                        texts.map(l -> l.toArray(new String[0])).injectNull(0.1),
                        Combinators.combine(text, text)
                                .as((a, b) -> new Pair(a, Optional.ofNullable(b)))
                                .injectNull(0.1),
                        texts.injectNull(0.1).list().ofMaxSize(2),
                        Arbitraries.integers().between(-1, 1).injectNull(0.1))
                .as((a, b, c, d, e, f, g) -> new Object[] {a, b, c, d, e, f, g});
    }

    @Property(tries = 2_000)
    void key_ofRandomArguments_isTheSameExactlyIfTheyAreEqual(
            @ForAll("arguments") Object[] first, @ForAll("arguments") Object[] second) {
        assertThat(KEY.of(first, null).equals(KEY.of(second, null))).isEqualTo(Arrays.deepEquals(first, second));
    }

    /** Random pairs are seldom equal but for one part: this makes them so. */
    @Property(tries = 2_000)
    void key_ofArgumentsThatDifferInOnePlace_isAnother(
            @ForAll("arguments") Object[] first, @ForAll("arguments") Object[] second, @ForAll int where) {
        Object[] changed = first.clone();
        int i = Math.floorMod(where, changed.length);
        changed[i] = second[i];
        assertThat(KEY.of(first, null).equals(KEY.of(changed, null))).isEqualTo(Arrays.deepEquals(first, changed));
    }

    @Property(tries = 2_000)
    void key_ofTwoNeighbouringTexts_keepsTheirBorder(
            @ForAll("text") String a, @ForAll("text") String b, @ForAll("text") String c, @ForAll("text") String d) {
        ArgumentText list =
                ArgumentText.of(new ResolvedType(List.class, List.of(ResolvedType.ofClass(String.class)), true));
        StringBuilder first = new StringBuilder();
        StringBuilder second = new StringBuilder();
        list.write(List.of(a, b), first);
        list.write(List.of(c, d), second);
        assertThat(first.toString().contentEquals(second)).isEqualTo(a.equals(c) && b.equals(d));
    }

    @Property(tries = 2_000)
    void key_ofASet_doesNotDependOnItsOrder(
            @ForAll("text") String a, @ForAll("text") String b, @ForAll("text") String c) {
        ArgumentText set =
                ArgumentText.of(new ResolvedType(Set.class, List.of(ResolvedType.ofClass(String.class)), true));
        List<String> distinct = List.of(a, b, c).stream().distinct().collect(Collectors.toList());
        StringBuilder first = new StringBuilder();
        set.write(new java.util.LinkedHashSet<>(distinct), first);
        java.util.Collections.reverse(distinct);
        StringBuilder second = new StringBuilder();
        set.write(new java.util.LinkedHashSet<>(distinct), second);
        assertThat(first).hasToString(second.toString());
    }
}
