package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.Codec;
import io.perfkit.cache.PerfCache;
import java.io.InputStream;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Proxy;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything that can be wrong is said when the proxy is made, with the place and the remedy. */
class CachingProxyErrorsTest {

    static class Product {
        public long getId() {
            return 1;
        }

        public List<String> getNames() {
            return List.of();
        }

        public static long shared() {
            return 1;
        }
    }

    record Node(Node next) {}

    private final PerfCache cache = PerfCache.builder("shop").build();

    CachingProxyErrorsTest() {
        CachePolicy policy = CachePolicy.of(Duration.ofHours(1));
        cache.region("product", Product.class, policy);
        cache.region("text", String.class, policy);
        cache.region("list", List.class, policy);
    }

    @AfterEach
    void close() {
        cache.close();
    }

    public interface PublicWithHidden {
        @Cached(region = "product", key = "{id}")
        Product findById(long id);
    }

    @Test
    void publicInterface_returningWhatIsNotPublic_isRefusedWhenTheProxyIsMade() {
        assertThatThrownBy(() -> CachingProxy.of(PublicWithHidden.class, id -> new Product(), cache))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining(
                        "returns " + Product.class.getName() + ", which is not public, while the interface "
                                + "is: the virtual machine lets no proxy return it. Make both public, or neither");
    }

    interface Inner {
        @Cached(region = "text", key = "{id}")
        String find(long id);
    }

    interface RightConstants {
        @Cached(region = "text", key = "all")
        String all();

        @Cached(region = "text", key = "{{{id}}}:50% {x}@home.example")
        String find(long id, int x);

        @Invalidates(region = "text", pattern = "all")
        @Invalidates(region = "text", pattern = "list:*")
        @Invalidates(region = "text", tag = "lists")
        void save(long id, String name);
    }

    @Test
    void constantTexts_whereTheyAreMeant_areAccepted() {
        makeProxy(RightConstants.class);
    }

    @Test
    void proxyOfAProxy_withTheSameCache_isRefused() {
        Inner inner = CachingProxy.of(Inner.class, target(Inner.class), cache);

        assertThatThrownBy(() -> CachingProxy.of(Inner.class, inner, cache))
                .isInstanceOf(CacheException.class)
                .hasMessage("The object that a proxy for " + Inner.class.getName() + " is to stand before is a "
                        + "CachingProxy for " + Inner.class.getName() + " with cache 'shop' already: each load "
                        + "would ask for the key that it is loading. Use that one, or pass the object behind it");
    }

    @Test
    void proxyOfAProxy_withAnotherCache_isASecondTier() {
        try (PerfCache other = PerfCache.builder("other").build()) {
            other.region("text", String.class, CachePolicy.of(Duration.ofHours(1)));
            Inner inner = CachingProxy.of(Inner.class, id -> "value " + id, other);

            assertThat(CachingProxy.of(Inner.class, inner, cache).find(7)).isEqualTo("value 7");
        }
    }

    static <T> T target(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (p, m, a) -> null));
    }

    private <T> void makeProxy(Class<T> type) {
        CachingProxy.of(type, target(type), cache);
    }

    /** One wrong method each, with the message that follows "interface.method(types) ". */
    @Retention(RetentionPolicy.RUNTIME)
    @interface Says {
        String value();
    }

    interface Wrong {

        interface UnknownParameter {
            @Says(
                    "find(long, int[]) has @Cached(key = \"{idd}\"), but the method has no parameter 'idd'. Its parameters: "
                            + "id, x")
            @Cached(region = "text", key = "{idd}")
            String find(long id, int... x);
        }

        interface UnknownProperty {
            @Says("find(Product) has @Cached(key = \"{product.idd}\"), but Product has no property 'idd': no public "
                    + "method of that name or its getter, and no public field. Correct the name, or add it")
            @Cached(region = "text", key = "{product.idd}")
            String find(Product product);
        }

        interface StaticProperty {
            @Says("find(Product) has @Cached(key = \"{product.shared}\"), but Product has no property 'shared': no "
                    + "public method of that name or its getter, and no public field. Correct the name, or add it")
            @Cached(region = "text", key = "{product.shared}")
            String find(Product product);
        }

        interface EmptyProperty {
            @Says(
                    "find(Product) has @Cached(key = \"{product.}\"), but Product has no property '': no public method of "
                            + "that name or its getter, and no public field. Correct the name, or add it")
            @Cached(region = "text", key = "{product.}")
            String find(Product product);
        }

        interface NotAText {
            @Says(
                    "find(Product) has @Cached(key = \"{product}\"), but {product} is a Product, which has no text of its "
                            + "own. Name one of its properties")
            @Cached(region = "text", key = "{product}")
            String find(Product product);
        }

        interface NotATextProperty {
            @Says("find(Product) has @Cached(key = \"{product.names}\"), but {product.names} is a List<String>, which "
                    + "has no text of its own. Name one of its properties")
            @Cached(region = "text", key = "{product.names}")
            String find(Product product);
        }

        interface CollectionWithoutBulkKey {
            @Says("find(List) has @Cached(key = \"{ids}\"), but {ids} is a List<Long>, which has no text of its own. "
                    + "Annotate the parameter with @BulkKey to have an entry for each element, or leave the key out")
            @Cached(region = "text", key = "{ids}")
            String find(List<Long> ids);
        }

        interface SpelName {
            @Says("find(long) has @Cached(key = \"#id\"), in which nothing is evaluated: a template is text with "
                    + "arguments in braces. Write key = \"{id}\"")
            @Cached(region = "text", key = "#id")
            String find(long id);
        }

        interface SpelPath {
            @Says("save(Product) has @Invalidates(key = \"#product.id\"), in which nothing is evaluated: a template "
                    + "is text with arguments in braces. Write key = \"{product.id}\"")
            @Invalidates(region = "text", key = "#product.id")
            void save(Product product);
        }

        interface SpelGetter {
            @Says("save(Product) has @Invalidates(key = \"#product?.getId()\"), in which nothing is evaluated: a "
                    + "template is text with arguments in braces. Write key = \"{product.id}\"")
            @Invalidates(region = "text", key = "#product?.getId()")
            void save(Product product);
        }

        interface SpelPosition {
            @Says("find(int, int) has @Cached(key = \"#p1\"), in which nothing is evaluated: a template is text "
                    + "with arguments in braces. Write key = \"{b}\"")
            @Cached(region = "text", key = "#p1")
            String find(int a, int b);
        }

        interface SpelRoot {
            @Says("find(long) has @Cached(key = \"#root.args[0]\"), in which nothing is evaluated: a template is "
                    + "text with arguments in braces. Write key = \"{id}\"")
            @Cached(region = "text", key = "#root.args[0]")
            String find(long id);
        }

        interface SpelConcatenation {
            @Says("find(long) has @Cached(key = \"'text:' + #id\"), in which nothing is evaluated: a template is "
                    + "text with arguments in braces. Write key = \"text:{id}\"")
            @Cached(region = "text", key = "'text:' + #id")
            String find(long id);
        }

        interface SpelType {
            @Says("find(int, int) has @Cached(key = \"T(java.util.Objects).hash(#a, #b)\"), in which nothing is "
                    + "evaluated: a template is text with arguments in braces. Write key = \"{a}:{b}\"")
            @Cached(region = "text", key = "T(java.util.Objects).hash(#a, #b)")
            String find(int a, int b);
        }

        interface SpelBean {
            @Says("find(long) has @Cached(key = \"@keys.of(#id)\"), in which nothing is evaluated: a template is "
                    + "text with arguments in braces. Write key = \"{id}\"")
            @Cached(region = "text", key = "@keys.of(#id)")
            String find(long id);
        }

        interface SpelResult {
            @Says("save(long) has @Invalidates(key = \"#result\"), in which nothing is evaluated: a template is "
                    + "text with arguments in braces. Write key = \"{id}\"")
            @Invalidates(region = "text", key = "#result")
            void save(long id);
        }

        interface Placeholder {
            @Says("find(long) has @Cached(key = \"text:${id}\"), in which nothing is evaluated: a template is text "
                    + "with arguments in braces. Write key = \"text:{id}\"")
            @Cached(region = "text", key = "text:${id}")
            String find(long id);
        }

        interface SpelTemplate {
            @Says("find(long) has @Cached(key = \"#{#id}\"), in which nothing is evaluated: a template is text with "
                    + "arguments in braces. Write key = \"{id}\"")
            @Cached(region = "text", key = "#{#id}")
            String find(long id);
        }

        interface SpelBesideAnArgument {
            @Says("find(int, int) has @Cached(key = \"{a}:#b\"), in which nothing is evaluated: a template is text "
                    + "with arguments in braces. Write key = \"{a}:{b}\"")
            @Cached(region = "text", key = "{a}:#b")
            String find(int a, int b);
        }

        interface QuotedWithoutParameters {
            @Says("find() has @Cached(key = \"'all'\"), in which nothing is evaluated: a template is text with "
                    + "arguments in braces. Write key = \"all\"")
            @Cached(region = "text", key = "'all'")
            String find();
        }

        interface SpelPattern {
            @Says("save(long) has @Invalidates(pattern = \"cat:#id:*\"), in which nothing is evaluated: a template "
                    + "is text with arguments in braces. Write pattern = \"cat:{id}:*\"")
            @Invalidates(region = "text", pattern = "cat:#id:*")
            void save(long id);
        }

        interface PlaceholderTag {
            @Says("save(Product) has @Invalidates(tag = \"cat-${product.id}\"), in which nothing is evaluated: a "
                    + "template is text with arguments in braces. Write tag = \"cat-{product.id}\"")
            @Invalidates(region = "text", tag = "cat-${product.id}")
            void save(Product product);
        }

        interface SpelUpdate {
            @Says("save(long) has @Updates(key = \"#id\"), in which nothing is evaluated: a template is text with "
                    + "arguments in braces. Write key = \"{id}\"")
            @Updates(region = "text", key = "#id")
            String save(long id);
        }

        interface ConstantKey {
            @Says("find(long) has @Cached(key = \"all\"), which is the same for every call of the method, whatever "
                    + "its arguments. Write key = \"{id}\"")
            @Cached(region = "text", key = "all")
            String find(long id);
        }

        interface ConstantKeyOfSeveral {
            @Says("find(int, String) has @Cached(key = \"all\"), which is the same for every call of the method, "
                    + "whatever its arguments. Write key = \"{a}:{b}\"")
            @Cached(region = "text", key = "all")
            String find(int a, String b);
        }

        interface NameWithoutBraces {
            @Says("find(long) has @Cached(key = \"id\"), which is the same for every call of the method, whatever "
                    + "its arguments. Write key = \"{id}\"")
            @Cached(region = "text", key = "id")
            String find(long id);
        }

        interface ConstantUpdate {
            @Says("save(Product) has @Updates(key = \"product.id\"), which is the same for every call of the "
                    + "method, whatever its arguments. Write key = \"{product.id}\"")
            @Updates(region = "text", key = "product.id")
            String save(Product product);
        }

        interface ConstantInvalidation {
            @Says("save(long) has @Invalidates(key = \"all-*\"), which is the same for every call of the method, "
                    + "whatever its arguments. Write key = \"{id}\", or pattern = \"all\\\\-\\\\*\" if this one "
                    + "key is meant")
            @Invalidates(region = "text", key = "all-*")
            void save(long id);
        }

        interface PatternWithoutBraces {
            @Says("save(long) has @Invalidates(pattern = \"id\"), which is a parameter's name without its braces. "
                    + "Write pattern = \"{id}\"")
            @Invalidates(region = "text", pattern = "id")
            void save(long id);
        }

        interface TagWithoutBraces {
            @Says("save(Product) has @Invalidates(tag = \"product.id\"), which is a parameter's name without its "
                    + "braces. Write tag = \"{product.id}\"")
            @Invalidates(region = "text", tag = "product.id")
            void save(Product product);
        }

        interface OpenBrace {
            @Says("find(long) has @Cached(key = \"a{id\"), in which a brace is not closed. Write {{ for a brace")
            @Cached(region = "text", key = "a{id")
            String find(long id);
        }

        interface ClosedBrace {
            @Says("find(long) has @Cached(key = \"id}\"), in which a brace closes that was not opened. Write }} for a "
                    + "brace")
            @Cached(region = "text", key = "id}")
            String find(long id);
        }

        interface NothingBetween {
            @Says("find(int, int) has @Cached(key = \"{a}{b}\"), in which nothing separates two arguments, so that "
                    + "different ones may share a key. Put a text between them, such as a colon")
            @Cached(region = "text", key = "{a}{b}")
            String find(int a, int b);
        }

        interface ResultOfARead {
            @Says(
                    "find(long) has @Cached(key = \"{result}\"), but the key is needed before there is a result. Its parameters: "
                            + "id")
            @Cached(region = "text", key = "{result}")
            String find(long id);
        }

        interface ResultOfVoid {
            @Says("save(long) has @Invalidates(key = \"{result}\"), but the method has no result")
            @Invalidates(region = "text", key = "{result}")
            void save(long id);
        }

        interface NoSuchRegion {
            @Says("find(long) has @Cached(region = \"produkt\"), but cache 'shop' has only product, text, list. Define "
                    + "the region before the proxy is made")
            @Cached(region = "produkt")
            String find(long id);
        }

        interface NoSuchRegionToInvalidate {
            @Says("save(long) has @Invalidates(region = \"produkt\"), but cache 'shop' has only product, text, list. "
                    + "Define the region before the proxy is made")
            @Invalidates(region = "produkt", all = true)
            void save(long id);
        }

        interface NoSuchRegionToUpdate {
            @Says(
                    "save(long) has @Updates(region = \"produkt\"), but cache 'shop' has only product, text, list. Define "
                            + "the region before the proxy is made")
            @Updates(region = "produkt", key = "{id}")
            String save(long id);
        }

        interface Nothing {
            @Says("find(long) has @Cached, but returns nothing. Return the value that is to be cached")
            @Cached(region = "text")
            void find(long id);
        }

        interface NothingLater {
            @Says("find(long) has @Cached, but returns nothing. Return the value that is to be cached")
            @Cached(region = "text")
            CompletionStage<Void> find(long id);
        }

        interface NothingToUpdate {
            @Says("save(long) has @Updates, but returns nothing. Return the value that is to be cached")
            @Updates(region = "text", key = "{id}")
            void save(long id);
        }

        interface AStream {
            @Says("find(long) has @Cached, but returns a Stream<String>, which can be read once only. Return a "
                    + "collection")
            @Cached(region = "text")
            Stream<String> find(long id);
        }

        interface AnIterator {
            @Says("find(long) has @Cached, but returns an Iterator<String>, which can be read once only. Return a "
                    + "collection")
            @Cached(region = "text")
            Iterator<String> find(long id);
        }

        interface AnInputStream {
            @Says("find(long) has @Cached, but returns an InputStream, which is open until somebody closes it. Return "
                    + "what is read from it")
            @Cached(region = "text")
            InputStream find(long id);
        }

        interface AResource {
            @Says("find(long) has @Cached, but returns an Optional<AutoCloseable>, which is open until somebody closes "
                    + "it. Return what is read from it")
            @Cached(region = "text")
            Optional<AutoCloseable> find(long id);
        }

        interface AFuture {
            @Says("find(long) has @Cached, but returns a Future<String>, whose value cannot be had without waiting. "
                    + "Return a CompletionStage")
            @Cached(region = "text")
            Future<String> find(long id);
        }

        interface APublisher {
            @Says("find(long) has @Cached, but returns a Publisher<String>, whose value cannot be had without waiting. "
                    + "Return a CompletionStage")
            @Cached(region = "text")
            Flow.Publisher<String> find(long id);
        }

        interface Twice {
            @Says(
                    "find(long) has @Cached, but returns an Optional<Optional<String>>, which is wrapped twice. Return the "
                            + "value, an Optional or a stage of it, or a stage of an Optional")
            @Cached(region = "text")
            Optional<Optional<String>> find(long id);
        }

        interface OptionalOfStage {
            @Says("find(long) has @Cached, but returns an Optional<CompletableFuture<String>>, which is wrapped twice. "
                    + "Return the value, an Optional or a stage of it, or a stage of an Optional")
            @Cached(region = "text")
            Optional<CompletableFuture<String>> find(long id);
        }

        interface RawOptional {
            @Says(
                    "find(long) has @Cached, but returns an Optional, which is no particular type. Declare the type of the "
                            + "value")
            @SuppressWarnings("rawtypes")
            @Cached(region = "text")
            Optional find(long id);
        }

        interface OfTheCaller {
            @Says("find(long) has @Cached, but returns an Object, which is no particular type. Declare the type of the "
                    + "value")
            @SuppressWarnings("TypeParameterUnusedInFormals")
            @Cached(region = "text")
            <T> T find(long id);
        }

        interface AnotherType {
            @Says(
                    "find(long) has @Cached(region = \"text\"), but its value is a Product, and that region has values of "
                            + "java.lang.String. Use a region of that type")
            @Cached(region = "text")
            Optional<Product> find(long id);
        }

        interface AnotherTypeToUpdate {
            @Says("save(long) has @Updates(region = \"text\"), but its value is a Long, and that region has values of "
                    + "java.lang.String. Use a region of that type")
            @Updates(region = "text", key = "{id}")
            long save(long id);
        }

        interface NoTextWithoutKey {
            @Says(
                    "find(Product) has @Cached, and no key, but an argument of type Product has no text that would be the "
                            + "same for equal arguments. Give it a key, such as key = \"{name.property}\"")
            @Cached(region = "text")
            String find(Product product);
        }

        interface NoTextOfObjects {
            @Says("find(Object) has @Cached, and no key, but an argument of type Object has no text that would be the "
                    + "same for equal arguments. Give it a key, such as key = \"{name.property}\"")
            @Cached(region = "text")
            String find(Object any);
        }

        interface NoTextOfWildcards {
            @Says("find(List) has @Cached, and no key, but an argument of type List<Object> has no text that would be "
                    + "the same for equal arguments. Give it a key, such as key = \"{name.property}\"")
            @Cached(region = "text")
            String find(List<?> any);
        }

        interface NoTextOfMaps {
            @Says("find(Map) has @Cached, and no key, but an argument of type Map<String, Long> has no text that would "
                    + "be the same for equal arguments. Give it a key, such as key = \"{name.property}\"")
            @Cached(region = "text")
            String find(Map<String, Long> map);
        }

        interface NoTextOfEndlessRecords {
            @Says("find(Node) has @Cached, and no key, but an argument of type Node has no text that would be the same "
                    + "for equal arguments. Give it a key, such as key = \"{name.property}\"")
            @Cached(region = "text")
            String find(Node node);
        }

        interface BadTtl {
            @Says("find(long) has @Cached(ttl = \"10 min\"), which is not a duration such as 250ms, 10s, 5m, 2h, 1d or "
                    + "PT5M")
            @Cached(region = "text", ttl = "10 min")
            String find(long id);
        }

        interface ZeroTtl {
            @Says("find(long) has @Cached(ttl = \"0s\"), but ttl must be at least 1 ms, but was PT0S")
            @Cached(region = "text", ttl = "0s")
            String find(long id);
        }

        interface BadTtlOfAnUpdate {
            @Says("save(long) has @Updates(ttl = \"soon\"), which is not a duration such as 250ms, 10s, 5m, 2h, 1d or "
                    + "PT5M")
            @Updates(region = "text", key = "{id}", ttl = "soon")
            String save(long id);
        }

        interface BadRepetition {
            @Says(
                    "save(long) has @Invalidates(repeatAfter = \"2 seconds\"), which is not a duration such as 250ms, 10s, 5m, 2h, "
                            + "1d or PT5M")
            @Invalidates(region = "text", key = "{id}", repeatAfter = "2 seconds")
            void save(long id);
        }

        interface LongRepetition {
            @Says(
                    "save(long) has @Invalidates(repeatAfter = \"2h\"), but repeatAfter must be at most 1 hour, but was PT2H")
            @Invalidates(region = "text", key = "{id}", repeatAfter = "2h")
            void save(long id);
        }

        interface SaysNothing {
            @Says(
                    "save(long) has @Invalidates(region = \"text\"), and does not say what is invalidated. Say one of key, "
                            + "pattern, tag and all")
            @Invalidates(region = "text")
            void save(long id);
        }

        interface SaysTooMuch {
            @Says("save(long) has @Invalidates(region = \"text\"), and key and all. Say one of key, pattern, tag "
                    + "and all")
            @Invalidates(region = "text", key = "{id}", all = true)
            void save(long id);
        }

        interface UnknownInAPattern {
            @Says("save(long) has @Invalidates(pattern = \"a:{idd}:*\"), but the method has no parameter 'idd'. Its "
                    + "parameters: id")
            @Invalidates(region = "text", pattern = "a:{idd}:*")
            void save(long id);
        }

        interface UnknownInATag {
            @Says(
                    "save(long) has @Invalidates(tag = \"{idd}\"), but the method has no parameter 'idd'. Its parameters: "
                            + "id")
            @Invalidates(region = "text", tag = "{idd}")
            void save(long id);
        }

        interface SecondOfTwo {
            @Says(
                    "save(long) has @Invalidates(key = \"{idd}\"), but the method has no parameter 'idd'. Its parameters: "
                            + "id")
            @Invalidates(region = "text", key = "{id}")
            @Invalidates(region = "text", key = "{idd}")
            void save(long id);
        }

        interface CachedAndInvalidates {
            @Says("save(long) has @Cached, and @Invalidates too: what is answered by the cache does not run, and would "
                    + "change nothing. Leave one of them out")
            @Cached(region = "text")
            @Invalidates(region = "text", all = true)
            String save(long id);
        }

        interface CachedAndUpdates {
            @Says("save(long) has @Cached, and @Updates too: what is answered by the cache does not run, and would "
                    + "change nothing. Leave one of them out")
            @Cached(region = "text")
            @Updates(region = "text", key = "{id}")
            String save(long id);
        }

        interface UpdateWithoutKey {
            @Says("save(long) has @Updates(key = \"\"), under which no other method would find the value. Name the key")
            @Updates(region = "text", key = "")
            String save(long id);
        }

        interface ChangesLater {
            @Says("save(long) has @Invalidates, but returns a Future<String>, which does not tell when the change is "
                    + "done. Return a CompletionStage")
            @Invalidates(region = "text", all = true)
            Future<String> save(long id);
        }

        interface BulkOfNoCollection {
            @Says("find(LinkedHashSet) has @BulkKey on a LinkedHashSet<Long>. Declare that parameter as a Collection, "
                    + "Set or List")
            @Cached(region = "text", key = "{ids}")
            Map<Long, String> find(@BulkKey LinkedHashSet<Long> ids);
        }

        interface BulkOfRaw {
            @Says("find(Set) has @BulkKey on a Set that does not say of what. Declare its element type")
            @SuppressWarnings("rawtypes")
            @Cached(region = "text", key = "{ids}")
            Map<Long, String> find(@BulkKey Set ids);
        }

        interface BulkTwice {
            @Says("find(Set, Set) has @BulkKey on two parameters. Leave it on the one whose elements are cached")
            @Cached(region = "text", key = "{ids}")
            Map<Long, String> find(@BulkKey Set<Long> ids, @BulkKey Set<Long> others);
        }

        interface BulkReturnsAList {
            @Says("find(Set) has @Cached, and @BulkKey on a Set<Long>, but returns a List<String>. Return a Map<Long, "
                    + "...> of what it finds")
            @Cached(region = "text", key = "{ids}")
            List<String> find(@BulkKey Set<Long> ids);
        }

        interface BulkReturnsOtherKeys {
            @Says("find(Set) has @Cached, and @BulkKey on a Set<Long>, but returns a Map<Integer, String>. Return a "
                    + "Map<Long, ...> of what it finds")
            @Cached(region = "text", key = "{ids}")
            Map<Integer, String> find(@BulkKey Set<Long> ids);
        }

        interface BulkLater {
            @Says("find(Set) has @Cached, and @BulkKey on a Set<Long>, but returns a CompletableFuture<Map<Long, "
                    + "String>>. Return a Map<Long, ...> of what it finds")
            @Cached(region = "text", key = "{ids}")
            CompletableFuture<Map<Long, String>> find(@BulkKey Set<Long> ids);
        }

        interface BulkOfOptionals {
            @Says("find(Collection) has @Cached, but returns a Map<Long, Optional<String>>, which is wrapped twice. "
                    + "Return the value, an Optional or a stage of it, or a stage of an Optional")
            @Cached(region = "text", key = "{ids}")
            Map<Long, Optional<String>> find(@BulkKey Collection<Long> ids);
        }

        interface BulkOfAnotherType {
            @Says("find(Set) has @Cached(region = \"text\"), but its value is a Product, and that region has values of "
                    + "java.lang.String. Use a region of that type")
            @Cached(region = "text", key = "{ids}")
            Map<Long, Product> find(@BulkKey Set<Long> ids);
        }

        interface BulkNotInTheKey {
            @Says("find(Set, int) has @Cached(key = \"{other}\"), which is the same for all elements of the @BulkKey "
                    + "parameter. Put its name into the key")
            @Cached(region = "text", key = "{other}")
            Map<Long, String> find(@BulkKey Set<Long> ids, int other);
        }

        interface BulkNowhere {
            @Says("remove(Set) has @BulkKey on a parameter that no template mentions. Mention it, or leave @BulkKey "
                    + "out")
            @Invalidates(region = "text", all = true)
            void remove(@BulkKey Set<Long> ids);
        }

        interface BulkUpdate {
            @Says("save(Set) has @Updates, and @BulkKey, but puts one value. Leave @BulkKey out, or use @Invalidates "
                    + "instead")
            @Updates(region = "text", key = "{ids}")
            String save(@BulkKey Set<Long> ids);
        }

        interface BadName {
            @Says("find(long) has @KeyName(\"a b\"), which is no name. Use letters and digits")
            @Cached(region = "text", key = "{id}")
            String find(@KeyName("a b") long id);
        }

        interface SameName {
            @Says("find(long, long) has two parameters named 'id'. Give them different names by @KeyName")
            @Cached(region = "text", key = "{id}")
            String find(@KeyName("id") long a, @KeyName("id") long b);
        }

        interface Static {
            @Says("find(long) is annotated, but static or private methods do not come through a proxy. Move the "
                    + "annotation to a method that does")
            @Cached(region = "text", key = "{id}")
            static String find(long id) {
                return "";
            }
        }
    }

    static Stream<Class<?>> wrong() {
        return Stream.of(Wrong.class.getDeclaredClasses());
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void mistake_ofEveryKind_isSaidWhenTheProxyIsMade(Class<?> type) {
        String said = Stream.of(type.getDeclaredMethods())
                .map(method -> method.getAnnotation(Says.class))
                .filter(Objects::nonNull)
                .findFirst()
                .orElseThrow()
                .value();
        assertThatThrownBy(() -> makeProxy(type))
                .isInstanceOf(CacheException.class)
                .hasMessage(type.getName() + "." + said);
    }

    interface Plain {
        @Cached(region = "text", key = "{id}")
        String find(long id);
    }

    @Test
    void noRegionsYet_isSaid() {
        try (PerfCache empty = PerfCache.builder("empty").build()) {
            assertThatThrownBy(() -> CachingProxy.of(Plain.class, target(Plain.class), empty))
                    .hasMessageEndingWith(
                            "has @Cached(region = \"text\"), but cache 'empty' has no regions yet. Define the "
                                    + "region before the proxy is made");
        }
    }

    sealed interface Sealed permits Only {}

    record Only() implements Sealed {}

    @Test
    void type_thatIsNoInterface_isRefused() {
        assertThatThrownBy(() -> CachingProxy.of(String.class, "x", cache))
                .isInstanceOf(CacheException.class)
                .hasMessage(
                        "A proxy can only be made for an interface that is not sealed, but java.lang.String is none. "
                                + "Extract one from the class, with the methods that are cached");
        assertThatThrownBy(() -> CachingProxy.of(Sealed.class, new Only(), cache))
                .hasMessageContaining(Sealed.class.getName());
    }

    @Test
    void interface_withoutAnnotations_isRefused() {
        assertThatThrownBy(() -> CachingProxy.of(Runnable.class, () -> {}, cache))
                .isInstanceOf(CacheException.class)
                .hasMessage(
                        "java.lang.Runnable has no method with @Cached, @Invalidates or @Updates, nor has the class "
                                + "behind it, so that a proxy would do nothing. Annotate the methods of the interface, "
                                + "or those of the class");
    }

    interface Other {
        @Cached(region = "text", key = "other:{id}")
        String find(long id);
    }

    interface Both extends Plain, Other {}

    interface Decided extends Plain, Other {
        @Override
        @Cached(region = "text", key = "decided:{id}")
        String find(long id);
    }

    @Test
    void annotations_ofTwoInterfaces_mustBeDecided() {
        assertThatThrownBy(() -> makeProxy(Both.class))
                .hasMessage(Both.class.getName() + ".find(long) is annotated in two interfaces: "
                        + Other.class.getName() + ", " + Plain.class.getName()
                        + ". Declare it in Both too, with the annotations that count");
        makeProxy(Decided.class);
    }

    interface FirstListing {
        @Cached(region = "list")
        List<String> findAll();
    }

    interface SecondListing {
        @Cached(region = "list")
        List<Long> findAll();
    }

    @Test
    void keysWithoutTemplate_ofTwoInterfacesInOneRegion_wouldCollide() {
        makeProxy(FirstListing.class);
        makeProxy(FirstListing.class);
        assertThatThrownBy(() -> makeProxy(SecondListing.class))
                .hasMessage(
                        SecondListing.class.getName() + ".findAll() has @Cached(region = \"list\"), and no key, but "
                                + FirstListing.class.getName()
                                + " has a method findAll with the same keys in this region. Give one "
                                + "of them a key, or a region of its own");
    }

    interface Codecs {
        @Cached(region = "codec", key = "{id}")
        List<String> find(long id);
    }

    @Test
    void regionDefinedByACodec_typeIsTheUsers() {
        cache.region("codec", Codec.strings(), CachePolicy.of(Duration.ofHours(1)));
        makeProxy(Codecs.class);
    }

    @Test
    void parameterNames_notInTheClassFile_areAskedFor(@TempDir Path folder) throws Exception {
        Class<?> nameless = compileWithoutNames(
                folder, "Nameless", "@Cached(region = \"text\", key = \"{id}\") String find(long id);");
        assertThatThrownBy(() -> makeProxy(nameless))
                .hasMessage(
                        "Nameless.find(long) has @Cached(key = \"{id}\"), but the names of the parameters are not in the "
                                + "class file. Compile it with -parameters, or annotate the parameter with @KeyName(\"id\")");
        makeProxy(compileWithoutNames(
                folder,
                "Named",
                "@Cached(region = \"text\", key = \"{id}\") String find(@KeyName(\"id\") long a, int b);"));
        makeProxy(compileWithoutNames(folder, "Keyless", "@Cached(region = \"text\") String find(long a, int b);"));
    }

    private static Class<?> compileWithoutNames(Path folder, String name, String method) throws Exception {
        Path source = folder.resolve(name + ".java");
        Files.writeString(source, "import io.perfkit.cache.proxy.*; public interface " + name + " {" + method + "}");
        int result = ToolProvider.getSystemJavaCompiler()
                .run(
                        null,
                        null,
                        null,
                        "-proc:none",
                        "-d",
                        folder.toString(),
                        "-cp",
                        Path.of(Cached.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        source.toString());
        assertThat(result).isZero();
        URLClassLoader loader =
                new URLClassLoader(new URL[] {folder.toUri().toURL()}, CachingProxyErrorsTest.class.getClassLoader());
        return loader.loadClass(name);
    }
}
