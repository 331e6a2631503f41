package io.perfkit.cache.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.perfkit.cache.CacheException;
import io.perfkit.cache.CachePolicy;
import io.perfkit.cache.CacheRegion;
import io.perfkit.cache.PerfCache;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.aop.TargetClassAware;

/** Annotations on the class of the object instead of the interface. */
class CachingProxyClassTest {

    private final PerfCache cache = PerfCache.builder("shop").build();
    private final CacheRegion<String> region = cache.region("text", String.class, CachePolicy.of(Duration.ofHours(1)));
    private final List<String> calls = new ArrayList<>();

    @AfterEach
    void close() {
        cache.close();
    }

    interface Texts {
        String find(long number);

        String find(Long boxed);

        Map<Long, String> findAll(Collection<Long> numbers);

        Optional<String> rename(long number, String text);

        void delete(long number);

        String read(long number) throws IOException;
    }

    /** Open to subclasses, as what CGLIB makes. */
    class AnnotatedTexts implements Texts {
        @Override
        @Cached(region = "text", key = "{id}")
        public String find(long id) {
            calls.add("find " + id);
            return "text " + id;
        }

        @Override
        public String find(Long boxed) {
            calls.add("boxed " + boxed);
            return "boxed";
        }

        @Override
        @Cached(region = "text", key = "{each}")
        public Map<Long, String> findAll(@BulkKey @KeyName("each") Collection<Long> ids) {
            calls.add("findAll " + ids);
            Map<Long, String> found = new TreeMap<>();
            ids.forEach(id -> found.put(id, "text " + id));
            return found;
        }

        @Override
        @Updates(region = "text", key = "{id}")
        public Optional<String> rename(long id, String text) {
            return Optional.of(text);
        }

        @Override
        @Invalidates(region = "text", key = "{id}")
        @Invalidates(region = "text", pattern = "{id}:*")
        public void delete(long id) {}

        @Override
        @Cached(region = "text", key = "read:{id}")
        public String read(long id) throws IOException {
            throw new IOException("no " + id);
        }
    }

    private void assertFollowed(Texts texts) {
        assertThat(texts.find(1)).isEqualTo("text 1");
        assertThat(texts.find(1)).isEqualTo("text 1");
        assertThat(texts.findAll(Set.of(1L, 2L))).isEqualTo(Map.of(1L, "text 1", 2L, "text 2"));
        assertThat(calls).containsExactly("find 1", "findAll [2]");
        assertThat(texts.rename(1, "new")).contains("new");
        assertThat(texts.find(1)).isEqualTo("new");
        region.put("1:page", "page");
        texts.delete(1);
        assertThat(region.getIfPresent("1:page")).isNull();
        assertThat(texts.find(1)).isEqualTo("text 1");
        calls.clear();
        texts.find(Long.valueOf(1));
        texts.find(Long.valueOf(1));
        assertThat(calls).containsExactly("boxed 1", "boxed 1");
        assertThatThrownBy(() -> texts.read(7)).isInstanceOf(IOException.class).hasMessage("no 7");
    }

    @Test
    void annotationsOnTheClass_areFollowed() {
        assertFollowed(CachingProxy.of(Texts.class, new AnnotatedTexts(), cache));
    }

    /** Libraries that make a subclass at run time override every method and copy no annotations. */
    class GeneratedTexts extends AnnotatedTexts {
        @Override
        public String find(long number) {
            return super.find(number);
        }

        @Override
        public Map<Long, String> findAll(Collection<Long> numbers) {
            return super.findAll(numbers);
        }

        @Override
        public Optional<String> rename(long number, String text) {
            return super.rename(number, text);
        }

        @Override
        public void delete(long number) {
            super.delete(number);
        }
    }

    @Test
    void annotationsOnTheClass_ofAGeneratedSubclass_areFollowed() {
        assertFollowed(CachingProxy.of(Texts.class, new GeneratedTexts(), cache));
    }

    @Test
    void annotationsOnTheClass_behindAProxyThatTellsIt_areFollowed() {
        AnnotatedTexts behind = new AnnotatedTexts();
        Object proxy = Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Texts.class, TargetClassAware.class},
                (self, method, arguments) -> {
                    if (method.getName().equals("getTargetClass")) {
                        return AnnotatedTexts.class;
                    }
                    try {
                        return method.invoke(behind, arguments);
                    } catch (java.lang.reflect.InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
        assertFollowed(CachingProxy.of(Texts.class, (Texts) proxy, cache));
    }

    @Test
    void annotationsOnTheClass_behindAnotherCachesProxy_areFollowed() {
        try (PerfCache other = PerfCache.builder("other").build()) {
            other.region("text", String.class, CachePolicy.of(Duration.ofHours(1)));
            Texts inner = CachingProxy.of(Texts.class, new AnnotatedTexts(), other);
            Texts outer = CachingProxy.of(Texts.class, inner, cache);
            outer.find(1);
            outer.find(1);
            assertThat(region.getIfPresent("1")).isEqualTo("text 1");
            assertThat(other.findRegion("text").stats().localHits()).isZero();
        }
    }

    // Generics, and the bridges that the compiler makes for them.

    interface Repository<T, I> {
        Optional<T> findById(I key);

        T save(T entity);
    }

    interface TextRepository extends Repository<String, Long> {}

    class JdbcTextRepository implements TextRepository {
        @Override
        @Cached(region = "text", key = "{id}")
        public Optional<String> findById(Long id) {
            calls.add("findById " + id);
            return Optional.of("text " + id);
        }

        @Override
        @Invalidates(region = "text", key = "{text.length}")
        public String save(String text) {
            return text;
        }
    }

    @Test
    void annotationsOnTheClass_ofAGenericInterface_areThoseOfTheRealMethod() {
        TextRepository texts = CachingProxy.of(TextRepository.class, new JdbcTextRepository(), cache);
        texts.findById(4L);
        texts.findById(4L);
        assertThat(calls).containsExactly("findById 4");
        texts.save("four");
        texts.findById(4L);
        assertThat(calls).containsExactly("findById 4", "findById 4");
    }

    /** The proxy's interface does not know the types, but the class does. */
    @Test
    @SuppressWarnings("unchecked")
    void annotationsOnTheClass_ofAnInterfaceWithOpenTypes_knowThem() {
        Repository<String, Long> texts = CachingProxy.of(Repository.class, new JdbcTextRepository(), cache);
        texts.findById(4L);
        texts.findById(4L);
        assertThat(calls).containsExactly("findById 4");
    }

    abstract class BaseRepository<T, I> {
        @Cached(region = "text", key = "{id}")
        public Optional<T> findById(I id) {
            calls.add("findById " + id);
            return load(id);
        }

        public T save(T entity) {
            return entity;
        }

        abstract Optional<T> load(I id);
    }

    class InheritingRepository extends BaseRepository<String, Long> implements TextRepository {
        @Override
        Optional<String> load(Long id) {
            return Optional.of("text " + id);
        }
    }

    @Test
    void annotationsOnAGenericSuperclass_areFollowed() {
        TextRepository texts = CachingProxy.of(TextRepository.class, new InheritingRepository(), cache);
        texts.findById(4L);
        texts.findById(4L);
        assertThat(calls).containsExactly("findById 4");
    }

    // Both places.

    interface Plain {
        @Cached(region = "text", key = "{id}")
        String find(long id);
    }

    @Test
    void annotations_onBothInTheSameWay_areOne() {
        class Same implements Plain {
            @Override
            @Cached(region = "text", key = "{id}")
            public String find(long id) {
                calls.add("find");
                return "";
            }
        }
        Plain plain = CachingProxy.of(Plain.class, new Same(), cache);
        plain.find(1);
        plain.find(1);
        assertThat(calls).hasSize(1);
    }

    @Test
    void annotations_thatDisagreeInAValue_areRefused() {
        class Another implements Plain {
            @Override
            @Cached(region = "text", key = "other:{id}")
            public String find(long id) {
                return "";
            }
        }
        assertThatThrownBy(() -> CachingProxy.of(Plain.class, new Another(), cache))
                .isInstanceOf(CacheException.class)
                .hasMessage(Plain.class.getName() + ".find(long) has @Cached, but " + Another.class.getName()
                        + ".find(long) has @Cached with other values. Annotate one of the two, the method and its "
                        + "parameters, or both in the same way");
    }

    @Test
    void annotations_thatDisagreeInKind_areRefused() {
        class Another implements Plain {
            @Override
            @Invalidates(region = "text", key = "{id}")
            @Invalidates(region = "text", all = true)
            public String find(long id) {
                return "";
            }
        }
        assertThatThrownBy(() -> CachingProxy.of(Plain.class, new Another(), cache))
                .hasMessageContaining(".find(long) has @Cached, but " + Another.class.getName()
                        + ".find(long) has @Invalidates. Annotate one of the two");
    }

    interface BulkInInterface {
        Map<Long, String> findAll(@BulkKey Set<Long> ids);
    }

    @Test
    void annotations_ofTheParametersElsewhere_areRefused() {
        class Split implements BulkInInterface {
            @Override
            @Cached(region = "text", key = "{ids}")
            public Map<Long, String> findAll(Set<Long> ids) {
                return Map.of();
            }
        }
        assertThatThrownBy(() -> CachingProxy.of(BulkInInterface.class, new Split(), cache))
                .hasMessageContaining(".findAll(Set) has @BulkKey, but " + Split.class.getName()
                        + ".findAll(Set) has @Cached. Annotate one of the two, the method and its parameters");
    }

    // Mistakes.

    interface Bare {
        String find(long id);
    }

    @Test
    void mistakes_inTheClass_nameTheClass() {
        class Wrong implements Bare {
            @Override
            @Cached(region = "text", key = "{number}")
            public String find(long id) {
                return "";
            }
        }
        assertThatThrownBy(() -> CachingProxy.of(Bare.class, new Wrong(), cache))
                .hasMessage(
                        Wrong.class.getName() + ".find(long) has @Cached(key = \"{number}\"), but the method has no "
                                + "parameter 'number'. Its parameters: id");
    }

    @Test
    void annotation_onAMethodThatNoInterfaceHas_isRefused() {
        class Own implements Bare {
            @Override
            @Cached(region = "text", key = "{id}")
            public String find(long id) {
                return "";
            }

            @Invalidates(region = "text", key = "{id}")
            public void own(long id) {}
        }
        assertThatThrownBy(() -> CachingProxy.of(Bare.class, new Own(), cache))
                .hasMessage(
                        Own.class.getName() + ".own(long) is annotated, but no interface of the class has it, so that "
                                + "it does not come through a proxy. Declare it in the interface, or leave the annotation out");
    }

    static class Static implements Bare {
        @Override
        public String find(long id) {
            return "";
        }

        @Cached(region = "text", key = "{id}")
        static String load(long id) {
            return "";
        }
    }

    @Test
    void annotation_onAStaticMethodOfTheClass_isRefused() {
        assertThatThrownBy(() -> CachingProxy.of(Bare.class, new Static(), cache))
                .hasMessageContaining("Static.load(long) is annotated, but static or private methods do not come");
    }

    @Test
    void annotation_onAMethodOfTheClassesOtherInterface_isThatOnesMatter() {
        class Two implements Bare, Runnable {
            @Override
            @Cached(region = "text", key = "{id}")
            public String find(long id) {
                return "";
            }

            @Override
            @Invalidates(region = "text", all = true)
            public void run() {}
        }
        CachingProxy.of(Bare.class, new Two(), cache).find(1);
        assertThat(region.getIfPresent("1")).isNotNull();
        CachingProxy.of(Runnable.class, new Two(), cache).run();
        assertThat(region.getIfPresent("1")).isNull();
    }

    // Methods without an annotation.

    interface Store {
        String find(long id);

        void save(String text);
    }

    private static String warning(Object target) throws NoSuchMethodException {
        return String.valueOf(UnannotatedMethods.warning(
                Store.class, TargetClass.of(target), List.of(Store.class.getMethod("save", String.class))));
    }

    @Test
    void unannotatedMethods_ofAnAnnotatedClass_areWarnedOfUnlessTheySayThatTheyChangeNothing() throws Exception {
        class Silent implements Store {
            @Override
            @Cached(region = "text", key = "{id}")
            public String find(long id) {
                return "";
            }

            @Override
            public void save(String text) {}
        }
        class Telling extends Silent {
            @Override
            @KeepsCached
            public void save(String text) {}
        }
        @KeepsCached
        class TellingOfAll extends Silent {
            @Override
            public void save(String text) {}
        }
        assertThat(warning(new Silent())).contains("no annotation: save(String)");
        assertThat(warning(new Telling())).isEqualTo("null");
        assertThat(warning(new TellingOfAll())).isEqualTo("null");
    }
}
