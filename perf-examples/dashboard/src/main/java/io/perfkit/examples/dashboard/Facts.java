package io.perfkit.examples.dashboard;

import io.perfkit.examples.dashboard.measure.Heap;
import io.perfkit.examples.dashboard.measure.Units;
import io.perfkit.examples.dashboard.shop.DataSize;
import io.perfkit.examples.dashboard.shop.Progress;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Where and with what the figures were taken. */
final class Facts {

    private Facts() {}

    static Map<String, String> of(Application application, Options options, Progress progress) {
        DataSize size = application.shop().data().size();
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put(
                "when",
                ZonedDateTime.now(ZoneId.systemDefault())
                        .format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm xxx", Locale.ROOT)));
        facts.put(
                "machine",
                Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + " "
                        + System.getProperty("os.arch"));
        facts.put("Java", System.getProperty("java.vm.name") + " " + System.getProperty("java.version"));
        facts.put(
                "heap",
                "at most " + Units.bytes(Heap.peak()) + " in use, limit "
                        + Units.bytes(Runtime.getRuntime().maxMemory()));
        facts.put(
                "data",
                String.format(
                        Locale.ROOT,
                        "%,d transactions, %,d users, %,d products, %,d projects (scale %d)",
                        size.transactions(),
                        size.users(),
                        size.products(),
                        size.projects(),
                        options.scale()));
        facts.put(
                "servers",
                "PostgreSQL 18 and Redis 7 on this machine; load test, web server and both sides in one JVM");
        facts.put("run", (options.quick() ? "--quick, " : "") + Math.round(progress.seconds()) + " s in all");
        return facts;
    }
}
