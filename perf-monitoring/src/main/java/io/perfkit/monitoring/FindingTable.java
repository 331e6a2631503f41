package io.perfkit.monitoring;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The findings of all scopes, by what, where and in which scope; bounded. Each is told once per cool-down. */
final class FindingTable {
    private static final Logger LOGGER = LoggerFactory.getLogger("io.perfkit.monitoring.findings");
    private static final int MOST = 1_000;

    private final ConcurrentHashMap<Key, Entry> byKey = new ConcurrentHashMap<>();
    private final Predicate<Finding> silenced;
    private final Alerts alerts;
    private final Throttle failures;

    FindingTable(Predicate<Finding> silenced, Alerts alerts, Throttle failures) {
        this.silenced = silenced;
        this.alerts = alerts;
        this.failures = failures;
    }

    private record Key(Finding.Kind kind, String scope, String subject, List<String> chain) {}

    private static final class Entry {
        final Throttle coolDown;
        volatile Finding worst;

        Entry(Finding first, Throttle coolDown) {
            this.worst = first;
            this.coolDown = coolDown;
        }
    }

    void closed(List<Finding> findings, long nowNanos) {
        for (Finding finding : findings) {
            if (!isSilenced(finding, nowNanos)) {
                add(finding, nowNanos);
            }
        }
    }

    private boolean isSilenced(Finding finding, long nowNanos) {
        try {
            return silenced.test(finding);
        } catch (RuntimeException failure) {
            long suppressed = failures.tryPass(nowNanos);
            if (suppressed >= 0) {
                LOGGER.warn("silenceFindings failed on a finding ({} more since the last line)", suppressed, failure);
            }
            return false;
        }
    }

    private void add(Finding finding, long nowNanos) {
        Key key = new Key(finding.kind(), finding.scope(), finding.subject(), finding.chain());
        Entry entry = byKey.get(key);
        if (entry == null) {
            if (byKey.size() >= MOST) {
                return;
            }
            entry = byKey.computeIfAbsent(key, first -> new Entry(finding, alerts.newCoolDown()));
        }
        if (finding.totalTime().compareTo(entry.worst.totalTime()) > 0) {
            entry.worst = finding;
        }
        if (entry.coolDown.tryPass(nowNanos) >= 0) {
            LOGGER.warn("{}", finding);
            alerts.found(finding, nowNanos);
        }
    }

    List<Finding> list() {
        List<Finding> all = new ArrayList<>();
        byKey.values().forEach(entry -> all.add(entry.worst));
        all.sort(Comparator.comparing(Finding::totalTime).reversed());
        return List.copyOf(all);
    }
}
