package io.perfkit.spring;

import io.lettuce.core.RedisClient;
import io.perfkit.cache.proxy.BulkKey;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.cache.proxy.Updates;
import io.perfkit.spring.app.Owner;
import io.perfkit.spring.app.OwnerView;
import java.io.InputStream;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

/** Beans with cache annotations that are wrong, each in one way. */
class CacheMistakes {

    private static final OwnerView VIEW = new OwnerView(1, "c");

    static class Right {
        @Cached(region = "owner", key = "{id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class SpelKey {
        @Cached(region = "owner", key = "#id")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class PlaceholderKey {
        @Cached(region = "owner", key = "${id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class ConstantKey {
        @Cached(region = "owner", key = "id")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class QuotedKey {
        @Cached(region = "owner", key = "'owner:' + #id")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class UnknownParameter {
        @Cached(region = "owner", key = "{ids}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class UnknownProperty {
        @Invalidates(region = "owner", key = "{owner.nam}")
        public void save(OwnerView owner) {}

        @Cached(region = "owner", key = "{id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class UnclosedBrace {
        @Cached(region = "owner", key = "{id")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class AdjacentArguments {
        @Cached(region = "owner", key = "{a}{b}")
        public OwnerView find(long a, long b) {
            return VIEW;
        }
    }

    static class PrivateMethod {
        @Cached(region = "owner", key = "{id}")
        private OwnerView find(long id) {
            return VIEW;
        }
    }

    static class StaticMethod {
        @Cached(region = "owner", key = "{id}")
        public static OwnerView find(long id) {
            return VIEW;
        }
    }

    static class FinalMethod {
        @Cached(region = "owner", key = "{id}")
        public final OwnerView find(long id) {
            return VIEW;
        }
    }

    static class PackagePrivateMethod {
        @Cached(region = "owner", key = "{id}")
        OwnerView find(long id) {
            return VIEW;
        }
    }

    static final class FinalClass {
        @Cached(region = "owner", key = "{id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    record RecordBean() {
        @Cached(region = "owner", key = "{id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class NoValue {
        @Cached(region = "owner", key = "{id}")
        public void find(long id) {}
    }

    static class AStream {
        @Cached(region = "owner", key = "{id}")
        public Stream<OwnerView> find(long id) {
            return Stream.of();
        }
    }

    static class AnIterator {
        @Cached(region = "owner", key = "{id}")
        public Iterator<OwnerView> find(long id) {
            return List.<OwnerView>of().iterator();
        }
    }

    static class AnInputStream {
        @Cached(region = "owner", key = "{id}")
        public InputStream find(long id) {
            return InputStream.nullInputStream();
        }
    }

    static class AFuture {
        @Cached(region = "owner", key = "{id}")
        public Future<OwnerView> find(long id) {
            throw new IllegalStateException();
        }
    }

    static class APublisher {
        @Cached(region = "owner", key = "{id}")
        public Mono<OwnerView> find(long id) {
            return Mono.empty();
        }
    }

    static class TwiceOptional {
        @Cached(region = "owner", key = "{id}")
        public Optional<Optional<OwnerView>> find(long id) {
            return Optional.empty();
        }
    }

    static class AnyType {
        @Cached(region = "owner", key = "{id}")
        public <T> T find(long id) {
            throw new IllegalStateException();
        }
    }

    static class AnEntity {
        @Cached(region = "owner", key = "{id}")
        public Owner find(long id) {
            return new Owner(1, "c");
        }
    }

    static class ListOfEntities {
        @Cached(region = "owners", key = "{city}")
        public List<Owner> find(String city) {
            return List.of();
        }
    }

    record Holder(Owner owner) {}

    static class EntityInARecord {
        @Cached(region = "owner", key = "{id}")
        public Optional<Holder> find(long id) {
            return Optional.empty();
        }
    }

    static class CachedAndInvalidates {
        @Cached(region = "owner", key = "{id}")
        @Invalidates(region = "owner", key = "{id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class InvalidatesNothing extends Right {
        @Invalidates(region = "owner")
        public void move(long id) {}
    }

    static class InvalidatesTwoThings extends Right {
        @Invalidates(region = "owner", key = "{id}", pattern = "*")
        public void move(long id) {}
    }

    static class RegionTypo extends Right {
        @Invalidates(region = "owners", key = "{id}")
        public void move(long id) {}
    }

    static class TwoTypes extends Right {
        @Cached(region = "owner", key = "name:{id}")
        public String name(long id) {
            return "n";
        }
    }

    static class MethodKeys {
        @Cached(region = "count")
        public long count() {
            return 1;
        }
    }

    static class OtherMethodKeys {
        @Cached(region = "count")
        public long count() {
            return 2;
        }
    }

    static class UpdatesWithoutKey {
        @Updates(region = "owner", key = "")
        public OwnerView save(OwnerView owner) {
            return owner;
        }
    }

    static class UpdatesNothing {
        @Updates(region = "owner", key = "{owner.id}")
        public void save(OwnerView owner) {}
    }

    static class BulkOfOne {
        @Cached(region = "owner", key = "{id}")
        public Map<Long, OwnerView> find(@BulkKey long id) {
            return Map.of();
        }
    }

    static class TwoBulks {
        @Cached(region = "owner", key = "{a}:{b}")
        public Map<Long, OwnerView> find(@BulkKey Set<Long> a, @BulkKey Set<Long> b) {
            return Map.of();
        }
    }

    static class BulkWithoutMap {
        @Cached(region = "owner", key = "{ids}")
        public List<OwnerView> find(@BulkKey Collection<Long> ids) {
            return List.of();
        }
    }

    static class BulkWithoutMention {
        @Cached(region = "owner", key = "{city}")
        public Map<Long, OwnerView> find(String city, @BulkKey Set<Long> ids) {
            return Map.of();
        }
    }

    static class WordsForTtl {
        @Cached(region = "owner", key = "{id}", ttl = "10 minutes")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class ZeroTtl {
        @Cached(region = "owner", key = "{id}", ttl = "0s")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class MissingPlaceholder {
        @Cached(region = "owner", key = "{id}", ttl = "${no.such.property}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    interface Finder {
        @Cached(region = "owner", key = "{id}")
        OwnerView find(long id);
    }

    static class Disagreement implements Finder {
        @Override
        @Cached(region = "owner", key = "owner:{id}")
        public OwnerView find(long id) {
            return VIEW;
        }
    }

    static class BadRepeat extends Right {
        @Invalidates(region = "owner", key = "{id}", repeatAfter = "soon")
        public void move(long id) {}
    }

    static class RawList {
        @Cached(region = "owners", key = "{city}")
        @SuppressWarnings("rawtypes")
        public List find(String city) {
            return List.of();
        }
    }

    static class ListOfObjects {
        @Cached(region = "owners", key = "{city}")
        public List<Object> find(String city) {
            return List.of();
        }
    }

    /** A Redis that nobody answers for; nothing waits for it. */
    static class Redis {
        @Bean(destroyMethod = "shutdown")
        RedisClient redisClient() {
            return RedisClient.create("redis://localhost:1");
        }
    }
}
