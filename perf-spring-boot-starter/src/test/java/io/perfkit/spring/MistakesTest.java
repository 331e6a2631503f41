package io.perfkit.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.spring.batching.BatchingAutoConfiguration;
import io.perfkit.spring.cache.CacheAutoConfiguration;
import io.perfkit.spring.connections.ConnectionsAutoConfiguration;
import io.perfkit.spring.jobs.JobsAutoConfiguration;
import io.perfkit.spring.monitoring.MonitoringAutoConfiguration;
import io.perfkit.spring.pagination.PaginationAutoConfiguration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.runner.AbstractApplicationContextRunner;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.io.support.SpringFactoriesLoader;

/** Mistakes that are easily made: each keeps the application from starting, with a sentence that says what to do. */
class MistakesTest {

    /**
     * A part of the starter, in a context that has nothing else: ninety contexts with all of it would take long. That the
     * parts refuse beside each other is {@link #mistakes_inAnApplicationWithAllParts_areRefusedWithTheRemedy}.
     */
    enum Part {
        CACHE(CacheAutoConfiguration.class),
        MONITORING(MonitoringAutoConfiguration.class),
        BATCHING(BatchingAutoConfiguration.class),
        PAGINATION(PaginationAutoConfiguration.class),
        DATASOURCE(ConnectionsAutoConfiguration.class, DataSourceAutoConfiguration.class),
        FEEDS(ConnectionsAutoConfiguration.class),
        JOBS(JobsAutoConfiguration.class, DataSourceAutoConfiguration.class);

        final Class<?>[] configurations;

        Part(Class<?>... configurations) {
            this.configurations = configurations;
        }

        /** The one that a property belongs to, by the second part of its name. */
        static Part of(String property) {
            return valueOf(property.split("\\.", -1)[1].toUpperCase(Locale.ROOT));
        }

        AbstractApplicationContextRunner<?, ?, ?> runner() {
            return this == FEEDS
                    ? new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(configurations))
                    : new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(configurations));
        }
    }

    /** @param said parts of what the application is told */
    record Mistake(String name, Part part, List<Class<?>> beans, List<String> properties, List<String> said) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Mistake bean(Class<?> bean, String... said) {
        return beans(bean.getSimpleName(), List.of(bean), said);
    }

    private static Mistake beans(String name, List<Class<?>> beans, String... said) {
        Part part = Map.of(
                        BatchMistakes.class, Part.BATCHING,
                        JobMistakes.class, Part.JOBS,
                        MonitoringMistakes.class, Part.MONITORING)
                .getOrDefault(beans.get(0).getEnclosingClass(), Part.CACHE);
        return new Mistake(name, part, beans, List.of(), List.of(said));
    }

    private static Mistake property(String property, String... said) {
        return new Mistake(property, Part.of(property), List.of(), List.of(property.split(" & ")), List.of(said));
    }

    private static Mistake with(Class<?> bean, String property, String... said) {
        return new Mistake(
                bean.getSimpleName() + " & " + property,
                bean == PageMistakes.AsksForCursors.class ? Part.PAGINATION : Part.of(property),
                List.of(bean),
                Arrays.asList(property.split(" & ")),
                List.of(said));
    }

    private static Mistake beansWith(List<Class<?>> beans, String property, String... said) {
        return new Mistake("two handlers & " + property, Part.of(property), beans, List.of(property), List.of(said));
    }

    static List<Mistake> mistakes() {
        List<Mistake> all = new ArrayList<>();
        all.addAll(List.of(
                bean(CacheMistakes.SpelKey.class, "#id", "Write key = \"{id}\""),
                bean(CacheMistakes.PlaceholderKey.class, "${id}", "Write key = \"{id}\""),
                bean(CacheMistakes.ConstantKey.class, "the same for every call", "Write key"),
                bean(CacheMistakes.QuotedKey.class, "Write key"),
                bean(CacheMistakes.UnknownParameter.class, "ids", "id"),
                bean(CacheMistakes.UnknownProperty.class, "nam"),
                bean(CacheMistakes.UnclosedBrace.class, "not closed"),
                bean(CacheMistakes.AdjacentArguments.class, "nothing separates", "colon"),
                bean(CacheMistakes.PrivateMethod.class, "private", "does not come through the proxy"),
                bean(CacheMistakes.StaticMethod.class, "static"),
                bean(CacheMistakes.FinalMethod.class, "final", "Leave final out"),
                bean(CacheMistakes.PackagePrivateMethod.class, "not public", "public method"),
                bean(CacheMistakes.FinalClass.class, "final", "Leave final out"),
                bean(CacheMistakes.RecordBean.class, "record", "ordinary class"),
                bean(CacheMistakes.NoValue.class, "returns nothing", "Return the value"),
                bean(CacheMistakes.AStream.class, "read once only", "collection"),
                bean(CacheMistakes.AnIterator.class, "read once only", "collection"),
                bean(CacheMistakes.AnInputStream.class, "open until somebody closes it"),
                bean(CacheMistakes.AFuture.class, "CompletionStage"),
                bean(CacheMistakes.APublisher.class, "CompletionStage"),
                bean(CacheMistakes.TwiceOptional.class, "wrapped twice"),
                bean(CacheMistakes.AnyType.class, "no particular type"),
                bean(CacheMistakes.AnEntity.class, "JPA entity", "record"),
                bean(CacheMistakes.ListOfEntities.class, "JPA entity", "record"),
                bean(CacheMistakes.EntityInARecord.class, "JPA entity"),
                bean(CacheMistakes.CachedAndInvalidates.class, "@Invalidates too", "Leave one"),
                bean(CacheMistakes.InvalidatesNothing.class, "does not say what", "Say one of"),
                bean(CacheMistakes.InvalidatesTwoThings.class, "key and pattern", "Say one of"),
                bean(CacheMistakes.RegionTypo.class, "\"owners\"", "has only owner"),
                bean(CacheMistakes.TwoTypes.class, "values of", "Use a region of that type"),
                beans(
                        "TwoOwnersOfKeys",
                        List.of(CacheMistakes.MethodKeys.class, CacheMistakes.OtherMethodKeys.class),
                        "same keys",
                        "region of its own"),
                bean(CacheMistakes.UpdatesWithoutKey.class, "Name the key"),
                bean(CacheMistakes.UpdatesNothing.class, "returns nothing"),
                bean(CacheMistakes.BulkOfOne.class, "@BulkKey", "Collection"),
                bean(CacheMistakes.TwoBulks.class, "two parameters"),
                bean(CacheMistakes.BulkWithoutMap.class, "Return a Map"),
                bean(CacheMistakes.BulkWithoutMention.class, "Put its name into the key"),
                bean(CacheMistakes.WordsForTtl.class, "10 minutes", "a duration such as"),
                bean(CacheMistakes.ZeroTtl.class, "0s"),
                bean(CacheMistakes.MissingPlaceholder.class, "no.such.property"),
                bean(CacheMistakes.Disagreement.class, "Annotate"),
                bean(CacheMistakes.BadRepeat.class, "soon", "a duration such as"),
                with(CacheMistakes.Redis.class, "perfkit.cache.redis.max-staleness=1ms", "max-staleness", "100 ms"),
                with(CacheMistakes.Redis.class, "perfkit.cache.redis.command-timeout=0s", "command-timeout"),
                beans(
                        "RawListShared",
                        List.of(CacheMistakes.Redis.class, CacheMistakes.RawList.class),
                        "cannot share its values"),
                beans(
                        "ObjectsShared",
                        List.of(CacheMistakes.Redis.class, CacheMistakes.ListOfObjects.class),
                        "cannot share its values")));
        all.addAll(List.of(
                property("perfkit.cache.region.owner.ttl=5m", "perfkit.cache.region.owner.ttl"),
                property("perfkit.cache.regions.owner.tttl=5m", "tttl"),
                property("perfkit.cache.regions.owner.ttl=soon", "perfkit.cache.regions.owner.ttl"),
                with(
                        CacheMistakes.Right.class,
                        "perfkit.cache.regions.owner.ttl=0s",
                        "perfkit.cache.regions.owner.ttl"),
                with(
                        CacheMistakes.Right.class,
                        "perfkit.cache.regions.owner.soft-load-timeout=1s",
                        "hard-load-timeout"),
                with(
                        CacheMistakes.Right.class,
                        "perfkit.cache.regions.owner.local-only=true & perfkit.cache.regions.owner.shared-only=true",
                        "localOnly",
                        "sharedOnly"),
                with(CacheMistakes.Right.class, "perfkit.cache.regions.owner.shared-only=true", "shared tier"),
                with(CacheMistakes.Right.class, "perfkit.cache.regions.owner.ttl-jitter=7", "ttl-jitter"),
                property("perfkit.cache.local.maximum-size=0", "perfkit.cache.local.maximum-size", "at least 1"),
                property(
                        "perfkit.cache.local.maximum-size=5 & perfkit.cache.local.maximum-weight=1MB", "maximumWeight"),
                property("perfkit.cache.name=a shop", "perfkit.cache.name"),
                property("perfkit.monitoring.slow-querry=1s", "slow-querry"),
                property("perfkit.monitoring.slow-query=-1s", "-1"),
                property("perfkit.monitoring.window=0s", "window"),
                property("perfkit.batching.batcher.a.window=1ms", "perfkit.batching.batcher"),
                with(
                        BatchMistakes.Right.class,
                        "perfkit.batching.batchers.right.maximum-batch-size=0",
                        "perfkit.batching.batchers.right.maximum-batch-size",
                        "at least 1"),
                bean(BatchMistakes.NoParameter.class, "0 parameters", "Set of keys"),
                bean(BatchMistakes.TwoParameters.class, "2 parameters", "Set of keys"),
                bean(BatchMistakes.ListOfASet.class, "Return a Map"),
                bean(BatchMistakes.OneKey.class, "Take a Set"),
                bean(BatchMistakes.PrivateLoader.class, "Make it public"),
                bean(BatchMistakes.StaticLoader.class, "not static"),
                bean(BatchMistakes.FinalLoader.class, "not final"),
                bean(BatchMistakes.RawTypes.class, "Declare their types"),
                bean(BatchMistakes.OtherKeys.class, "Return a Map<java.lang.Long"),
                beans(
                        "NameTaken",
                        List.of(BatchMistakes.Right.class, BatchMistakes.RightAgain.class),
                        "name of another bean",
                        "name of its own"),
                with(PageMistakes.AsksForCursors.class, "a=b", "perfkit.pagination.keys", "openssl rand"),
                with(
                        PageMistakes.AsksForCursors.class,
                        "perfkit.pagination.keys[0].id=a & perfkit.pagination.keys[0].secret=***",
                        "not Base64"),
                with(
                        PageMistakes.AsksForCursors.class,
                        "perfkit.pagination.keys[0].id=a & perfkit.pagination.keys[0].secret=c2hvcnQ=",
                        "at least 32"),
                with(
                        PageMistakes.AsksForCursors.class,
                        "perfkit.pagination.keys[0].secret=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                        "key id"),
                with(
                        PageMistakes.AsksForCursors.class,
                        "perfkit.pagination.keys[0].id=a & perfkit.pagination.keys[1].id=a"
                                + " & perfkit.pagination.keys[0].secret=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
                                + " & perfkit.pagination.keys[1].secret=MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
                        "already has a key"),
                with(
                        PageMistakes.AsksForCursors.class,
                        "perfkit.pagination.generate-key=true & perfkit.pagination.expire-after=-1s",
                        "perfkit.pagination.expire-after"),
                property("perfkit.pagination.key=abc", "perfkit.pagination.key"),
                property("perfkit.pagination.format=xml", "perfkit.pagination.format"),
                property("perfkit.datasource.sizes=1 & perfkit.datasource.size=1", "sizes"),
                property("perfkit.datasource.size=0", "at least 1"),
                property("perfkit.datasource.size=1 & perfkit.datasource.overflow=-1", "at least 0"),
                property("perfkit.datasource.size=1 & perfkit.datasource.acquire-timeout=-1s", "not be negative"),
                property(
                        "perfkit.datasource.size=11 & spring.datasource.hikari.maximum-pool-size=10",
                        "perfkit.datasource.size",
                        "set it to at least 11"),
                property("perfkit.datasource.size=3 & perfkit.datasource.per-owner=1", "Owner", "fromMdc"),
                property(
                        "perfkit.datasource.replicas[0].url=jdbc:h2:mem:replica & perfkit.datasource.maximum-lag=0s",
                        "perfkit.datasource.maximum-lag",
                        "positive"),
                property(
                        "perfkit.datasource.replicas[0].url=jdbc:h2:mem:replica"
                                + " & spring.datasource.type=org.springframework.jdbc.datasource.SimpleDriverDataSource",
                        "perfkit.datasource.replicas",
                        "ReplicaRouting"),
                property("perfkit.feeds.maximum-total=0", "perfkit.feeds.maximum-total", "at least 1"),
                property("perfkit.feeds.maximum-per-owner=0", "perfkit.feeds.maximum-per-owner"),
                property("perfkit.feeds.idle-after=0s", "perfkit.feeds.idle-after"),
                property("perfkit.feeds.when-full=explode", "perfkit.feeds.when-full"),
                property("perfkit.feeds.maximum=1", "perfkit.feeds.maximum")));
        all.addAll(List.of(
                bean(MonitoringMistakes.PrivateTimed.class, "not public", "Make it a public method"),
                bean(MonitoringMistakes.FinalTimed.class, "final", "can be overridden"),
                bean(MonitoringMistakes.FinalTimedClass.class, "Leave final out"),
                bean(MonitoringMistakes.SoonSlow.class, "slowAfter", "soon"),
                bean(JobMistakes.Right.class, "queue that is not there", "perfkit.jobs.store=database"),
                with(JobMistakes.NoPayload.class, "perfkit.jobs.store=memory", "Leave the payload"),
                with(JobMistakes.TwoPayloads.class, "perfkit.jobs.store=memory", "other parameters"),
                with(JobMistakes.NumberPayload.class, "perfkit.jobs.store=memory", "Take a record"),
                with(JobMistakes.PrivateHandler.class, "perfkit.jobs.store=memory", "Make it public"),
                with(JobMistakes.VersionZero.class, "perfkit.jobs.store=memory", "Count from 1"),
                beansWith(
                        List.of(JobMistakes.Right.class, JobMistakes.RightAgain.class),
                        "perfkit.jobs.store=memory",
                        "both handle Report",
                        "name of its own"),
                property("perfkit.jobs.store=disk", "perfkit.jobs.store"),
                property("perfkit.jobs.stores=memory", "perfkit.jobs.stores"),
                property("perfkit.jobs.store=memory & perfkit.jobs.workers=0", "perfkit.jobs.workers", "at least 1"),
                property("perfkit.jobs.store=database", "perfkit_job")));
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void mistake_atStart_isRefusedWithTheRemedy(Mistake mistake) {
        assertRefused(mistake.part().runner(), mistake);
    }

    @Test
    void mistakes_inAnApplicationWithAllParts_areRefusedWithTheRemedy() {
        Set<Part> seen = EnumSet.noneOf(Part.class);
        Class<?>[] all = EnumSet.allOf(Part.class).stream()
                .flatMap(part -> Arrays.stream(part.configurations))
                .distinct()
                .toArray(Class<?>[]::new);
        WebApplicationContextRunner runner =
                new WebApplicationContextRunner().withConfiguration(AutoConfigurations.of(all));
        // One of each part.
        for (Mistake mistake : mistakes()) {
            if (seen.add(mistake.part())) {
                assertRefused(runner, mistake);
            }
        }
        assertThat(seen).containsExactly(Part.values());
    }

    private static void assertRefused(AbstractApplicationContextRunner<?, ?, ?> empty, Mistake mistake) {
        AbstractApplicationContextRunner<?, ?, ?> runner = empty.withPropertyValues(
                        "spring.datasource.url=jdbc:h2:mem:mistakes")
                .withPropertyValues(mistake.properties().toArray(String[]::new));
        for (Class<?> each : mistake.beans()) {
            runner = runner.withUserConfiguration(each);
        }
        runner.run(context -> {
            Throwable failure = context.getStartupFailure();
            assertThat(failure).as("the application started").isNotNull();
            StringBuilder told = new StringBuilder();
            for (Throwable t = failure; t != null; t = t.getCause()) {
                told.append(t.getMessage()).append('\n');
                for (Throwable suppressed : t.getSuppressed()) {
                    told.append(suppressed.getMessage()).append('\n');
                }
            }
            assertThat(told).contains(mistake.said());
            assertThat(analyzers(mistake).stream()
                            .map(each -> each.analyze(failure))
                            .filter(Objects::nonNull)
                            .map(each -> each.getDescription() + " " + each.getAction())
                            .findFirst())
                    .as("what Spring Boot prints in place of a stack trace")
                    .hasValueSatisfying(printed -> assertThat(printed).doesNotContain("c2hvcnQ="));
        });
    }

    private static List<FailureAnalyzer> analyzers(Mistake mistake) {
        StandardEnvironment environment = new StandardEnvironment();
        TestPropertyValues.of(mistake.properties()).applyTo(environment);
        return SpringFactoriesLoader.forDefaultResourceLocation(MistakesTest.class.getClassLoader())
                .load(
                        FailureAnalyzer.class,
                        SpringFactoriesLoader.ArgumentResolver.of(Environment.class, environment)
                                .and(BeanFactory.class, new DefaultListableBeanFactory()),
                        (type, name, failure) -> {
                            // Those of Spring Boot for libraries that are not there are passed over, as it does itself.
                            assertThat(name).doesNotStartWith("io.perfkit.");
                        });
    }
}
