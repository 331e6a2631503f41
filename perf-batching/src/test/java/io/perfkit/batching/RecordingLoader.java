package io.perfkit.batching;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Answers "v" + key, and remembers what it was asked. */
final class RecordingLoader implements BatchLoader<Integer, String> {
    final List<List<Integer>> asked = Collections.synchronizedList(new ArrayList<>());
    final List<Thread> threads = Collections.synchronizedList(new ArrayList<>());

    @Override
    public Map<Integer, String> load(Set<Integer> keys) {
        asked.add(List.copyOf(keys));
        threads.add(Thread.currentThread());
        Map<Integer, String> values = new HashMap<>();
        keys.forEach(key -> values.put(key, "v" + key));
        return values;
    }
}
