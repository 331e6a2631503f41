package io.perfkit.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.perfkit.cache.PerfCache;
import io.perfkit.cache.proxy.Cached;
import io.perfkit.cache.proxy.Invalidates;
import io.perfkit.cache.proxy.Updates;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class CachedBeansTest {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(CacheAutoConfiguration.class));

    record View(long id, String name) {}

    static class Owners {

        final AtomicInteger loads = new AtomicInteger();

        @Cached(region = "owner", key = "{id}")
        public Optional<View> find(long id) {
            return Optional.of(new View(id, "n" + loads.incrementAndGet()));
        }

        @Cached(region = "owners", key = "{city}", ttl = "${owners.ttl:2m}")
        public List<View> in(String city) {
            return List.of(new View(1, city + loads.incrementAndGet()));
        }

        @Invalidates(region = "owner", key = "{id}")
        public void move(long id) {}

        @Updates(region = "owner", key = "{id}")
        public View rename(long id, String name) {
            return new View(id, name);
        }
    }

    interface Visits {
        @Cached(region = "visits")
        int count();

        @Invalidates(region = "visits", all = true)
        void add();
    }

    static class VisitsOnTable implements Visits {
        private int rows;

        public void set(int value) {
            rows = value;
        }

        @Override
        public int count() {
            return rows;
        }

        @Override
        public void add() {
            rows++;
        }
    }

    @Test
    void classBean_cachedMethod_isCalledOnce() {
        runner.withBean(Owners.class).run(context -> {
            Owners owners = context.getBean(Owners.class);
            assertThat(owners.find(1)).contains(new View(1, "n1"));
            assertThat(owners.find(1)).contains(new View(1, "n1"));
            owners.move(1);
            assertThat(owners.find(1)).contains(new View(1, "n2"));
            owners.rename(1, "x");
            assertThat(owners.find(1)).contains(new View(1, "x"));
            assertThat(owners.in("Berlin")).isSameAs(owners.in("Berlin"));
            assertThat(context.getBean(PerfCache.class).regions())
                    .extracting(each -> each.name())
                    .containsExactlyInAnyOrder("owner", "owners");
        });
    }

    @Test
    void interfaceOfBean_cachedMethod_isCalledOnce() {
        runner.withBean(VisitsOnTable.class).run(context -> {
            Visits visits = context.getBean(Visits.class);
            assertThat(visits.count()).isZero();
            context.getBean(VisitsOnTable.class).set(5);
            assertThat(visits.count()).isZero();
            visits.add();
            assertThat(visits.count()).isPositive();
        });
    }
}
