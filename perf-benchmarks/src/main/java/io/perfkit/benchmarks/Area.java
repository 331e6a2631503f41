package io.perfkit.benchmarks;

import io.perfkit.benchmarks.batching.BatchingDatabase;
import io.perfkit.benchmarks.cache.MillionKeys;
import io.perfkit.benchmarks.pagination.LedgerFixture;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** An artifact that is compared with its peers. Its benchmarks are the package of its name below this one. */
enum Area {
    CACHE {
        @Override
        Fixture fixture() throws Exception {
            return MillionKeys.start();
        }
    },
    PAGINATION {
        @Override
        Fixture fixture() throws Exception {
            return LedgerFixture.start();
        }
    },
    BATCHING {
        @Override
        Fixture fixture() throws Exception {
            return BatchingDatabase.start();
        }
    },
    MONITORING,
    CONNECTIONS;

    /** The name on the command line, and the first part of the names of its lines. */
    String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** A regular expression for JMH that matches the benchmarks of this area. */
    String benchmarks() {
        return "^" + Area.class.getPackageName().replace(".", "\\.") + "\\." + title() + "\\.";
    }

    /** Starts what the benchmarks of this area share over all their JVMs; nothing for most. */
    Fixture fixture() throws Exception {
        return Fixture.NONE;
    }

    /** All titles, in the order in which they run, separated by bars. */
    static String titles() {
        return Arrays.stream(values()).map(Area::title).collect(Collectors.joining("|"));
    }
}
